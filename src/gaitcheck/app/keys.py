"""Who may come in: one-time tokens in an address, sessions in a cookie, and for other machines a password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from pathlib import Path

from gaitcheck.app.database import opened

TABLES = "CREATE TABLE IF NOT EXISTS sessions (digest TEXT PRIMARY KEY, until REAL NOT NULL);"
TOKEN_S = 600.0
"""A token that nobody used is void after that."""
SESSION_S = 30 * 86_400.0
ATTEMPTS, WITHIN_S = 5, 60.0
"""So many wrong passwords a minute from one address; then it waits."""
MOST_ADDRESSES = 1_000


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Keys:
    """Tokens in memory, sessions in a file that outlives the server; only digests are kept of either."""

    def __init__(self, path: Path, password: str | None = None) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, float] = {}
        self._wrong: dict[str, list[float]] = {}
        self._salt = secrets.token_bytes(16)
        self._password = None if password is None else self._hashed(password)
        self._db = opened(path, TABLES)
        self._db.execute("DELETE FROM sessions WHERE until < ?", (time.time(),))
        path.chmod(0o600)

    def _hashed(self, password: str) -> bytes:
        return hashlib.scrypt(password.encode("utf-8"), salt=self._salt, n=2**14, r=8, p=1)

    @property
    def has_password(self) -> bool:
        """Whether others may come in by a password."""
        return self._password is not None

    def new_token(self) -> str:
        """A token for one entry."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            now = time.monotonic()
            self._tokens = {t: until for t, until in self._tokens.items() if until > now}
            self._tokens[_digest(token)] = now + TOKEN_S
        return token

    def use_token(self, token: str) -> str | None:
        """A session for a token, which is void from now on; None for a wrong one."""
        with self._lock:
            until = self._tokens.pop(_digest(token), 0.0)
        return self._new_session() if until > time.monotonic() else None

    def use_password(self, password: str, address: str) -> str | None:
        """A session for the password; None for a wrong one, or after too many wrong ones from an address."""
        with self._lock:
            now = time.monotonic()
            lately = {who: [at for at in times if at > now - WITHIN_S] for who, times in self._wrong.items()}
            self._wrong = {who: times for who, times in lately.items() if times}
            own = self._wrong.get(address, [])
            if self._password is None or len(own) >= ATTEMPTS or len(self._wrong) > MOST_ADDRESSES:
                return None
            right = hmac.compare_digest(self._hashed(password[:1000]), self._password)
            if not right:
                self._wrong[address] = [*own, now]
        return self._new_session() if right else None

    def _new_session(self) -> str:
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._db.execute("REPLACE INTO sessions VALUES (?, ?)", (_digest(session), time.time() + SESSION_S))
        return session

    def knows(self, session: str) -> bool:
        """Whether a session is one of ours."""
        with self._lock:
            row = self._db.execute("SELECT until FROM sessions WHERE digest = ?", (_digest(session),)).fetchone()
        return row is not None and row[0] > time.time()

    def close(self) -> None:
        """Let the file go."""
        self._db.close()
