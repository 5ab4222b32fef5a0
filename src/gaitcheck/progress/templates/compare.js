"use strict";
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  all(".pair").forEach(function (box) {
    var pairs = data.pairs[Number(box.dataset.pair)];
    var older = box.querySelector('video[data-which="old"]'), newer = box.querySelector('video[data-which="new"]');
    var slow = box.querySelector('[data-does="slower"]');
    if (pairs.length < 2) { return; }
    var first = pairs[0], last = pairs[pairs.length - 1];

    function segment(time) {
      for (var k = 0; k < pairs.length - 2; k += 1) { if (time < pairs[k + 1][0]) { return k; } }
      return pairs.length - 2;
    }
    function mapped(time) {
      var k = segment(time), a = pairs[k], b = pairs[k + 1];
      return a[1] + (time - a[0]) * (b[1] - a[1]) / (b[0] - a[0]);
    }
    function stretch(time) {
      var k = segment(time), a = pairs[k], b = pairs[k + 1];
      return (b[1] - a[1]) / (b[0] - a[0]);
    }
    function follow() {
      var time = older.currentTime;
      if (time >= last[0]) { seek(first[0]); older.play(); }
      var off = mapped(older.currentTime) - newer.currentTime;
      if (Math.abs(off) > 0.12) { newer.currentTime = mapped(older.currentTime); }
      newer.playbackRate = Math.max(0.1, Math.min(4, older.playbackRate * (stretch(time) + 2 * off)));
      if (!older.paused) { requestAnimationFrame(follow); }
    }
    function seek(time) {
      older.currentTime = Math.max(first[0], Math.min(time, last[0]));
      newer.currentTime = mapped(older.currentTime);
    }
    function play() {
      if (older.paused) {
        if (older.currentTime < first[0]) { seek(first[0]); }
        older.play(); newer.play(); requestAnimationFrame(follow);
      } else { older.pause(); newer.pause(); newer.currentTime = mapped(older.currentTime); }
    }
    var does = {
      play: play,
      slower: function () {
        var half = slow.getAttribute("aria-pressed") !== "true";
        slow.setAttribute("aria-pressed", String(half));
        older.playbackRate = half ? 0.5 : 1;
      },
      previous: function () {
        older.pause(); newer.pause();
        var past = pairs.filter(function (p) { return p[0] < older.currentTime - 0.01; });
        if (past.length) { seek(past[past.length - 1][0]); }
      },
      next: function () {
        older.pause(); newer.pause();
        var later = pairs.filter(function (p) { return p[0] > older.currentTime + 0.01; });
        if (later.length) { seek(later[0][0]); }
      }
    };
    all("button[data-does]", box).forEach(function (button) {
      button.addEventListener("click", function () { does[button.dataset.does](); });
    });
    box.addEventListener("keydown", function (event) {
      if (event.target.tagName === "BUTTON") { return; }
      var name = { " ": "play", ArrowLeft: "previous", ArrowRight: "next" }[event.key];
      if (name) { event.preventDefault(); does[name](); }
    });
    older.addEventListener("loadeddata", function () { seek(first[0]); });
    if (older.readyState > 1) { seek(first[0]); }
  });
})();
