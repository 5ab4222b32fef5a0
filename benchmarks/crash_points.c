/* Ends a process at its N-th change to files under a folder: half of a write is made, then nothing more happens.

   cc -shared -fPIC -o crash_points.so crash_points.c -ldl
   CRASH_UNDER=/folder CRASH_AT=7 LD_PRELOAD=./crash_points.so command      dies with exit code 137 at the 7th
   CRASH_UNDER=/folder CRASH_LOG=/elsewhere LD_PRELOAD=./crash_points.so command      lists all of them */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long count, at = -1;
static const char *under, *log_file;
static ssize_t (*real_write)(int, const void *, size_t);

static void ready(void) {
    if (at >= 0) return;
    under = getenv("CRASH_UNDER");
    log_file = getenv("CRASH_LOG");
    at = getenv("CRASH_AT") ? atol(getenv("CRASH_AT")) : 0;
    real_write = dlsym(RTLD_NEXT, "write");
}

static int inside(const char *path) { return under && path && strncmp(path, under, strlen(under)) == 0; }

static int place(int fd, const char *name, char *whole) {
    char link[64];
    if (name && name[0] == '/') { snprintf(whole, PATH_MAX, "%s", name); return 1; }
    if (fd == AT_FDCWD) { if (!getcwd(whole, PATH_MAX)) return 0; }
    else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(link, whole, PATH_MAX - 1);
        if (n < 0) return 0;
        whole[n] = 0;
    }
    if (name) { size_t n = strlen(whole); snprintf(whole + n, PATH_MAX - n, "/%s", name); }
    return 1;
}

/* Whether this is the last thing the process does. */
static int last(const char *what, int fd, const char *name) {
    char whole[PATH_MAX];
    ready();
    if (!under || !place(fd, name, whole) || !inside(whole)) return 0;
    long mine = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
    if (log_file) {
        char line[PATH_MAX + 64];
        int n = snprintf(line, sizeof line, "%ld %s %s\n", mine, what, whole);
        int log = open(log_file, O_WRONLY | O_APPEND | O_CREAT, 0644);
        if (log >= 0) { if (real_write(log, line, n) < 0) {} close(log); }
    }
    return mine == at;
}

#define CALL(type, name) type (*real)() = (type (*)())dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t n) {
    ready();
    if (last("write", fd, NULL)) { if (real_write(fd, data, n / 2) < 0) {} _exit(137); }
    return real_write(fd, data, n);
}
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t offset) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    if (last("pwrite", fd, NULL)) { if (real(fd, data, n / 2, offset) < 0) {} _exit(137); }
    return real(fd, data, n, offset);
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t offset) { return pwrite64(fd, data, n, offset); }
ssize_t writev(int fd, const struct iovec *parts, int n) {
    ssize_t (*real)(int, const struct iovec *, int) = dlsym(RTLD_NEXT, "writev");
    if (last("writev", fd, NULL)) { if (n > 0 && real_write(fd, parts[0].iov_base, parts[0].iov_len / 2) < 0) {} _exit(137); }
    return real(fd, parts, n);
}
int fsync(int fd) { CALL(int, fsync); if (last("fsync", fd, NULL)) _exit(137); return real(fd); }
int fdatasync(int fd) { CALL(int, fdatasync); if (last("fdatasync", fd, NULL)) _exit(137); return real(fd); }
int ftruncate64(int fd, off64_t n) {
    int (*real)(int, off64_t) = dlsym(RTLD_NEXT, "ftruncate64");
    if (last("ftruncate", fd, NULL)) _exit(137);
    return real(fd, n);
}
int ftruncate(int fd, off_t n) { return ftruncate64(fd, n); }
int rename(const char *a, const char *b) { CALL(int, rename); if (last("rename", AT_FDCWD, a)) _exit(137); return real(a, b); }
int renameat(int i, const char *a, int j, const char *b) {
    CALL(int, renameat); if (last("rename", i, a)) _exit(137); return real(i, a, j, b);
}
int renameat2(int i, const char *a, int j, const char *b, unsigned f) {
    CALL(int, renameat2); if (last("exchange", i, a)) _exit(137); return real(i, a, j, b, f);
}
int link(const char *a, const char *b) { CALL(int, link); if (last("link", AT_FDCWD, b)) _exit(137); return real(a, b); }
int unlink(const char *a) { CALL(int, unlink); if (last("unlink", AT_FDCWD, a)) _exit(137); return real(a); }
int unlinkat(int i, const char *a, int f) { CALL(int, unlinkat); if (last("unlink", i, a)) _exit(137); return real(i, a, f); }
int rmdir(const char *a) { CALL(int, rmdir); if (last("rmdir", AT_FDCWD, a)) _exit(137); return real(a); }
int mkdir(const char *a, mode_t m) { CALL(int, mkdir); if (last("mkdir", AT_FDCWD, a)) _exit(137); return real(a, m); }
