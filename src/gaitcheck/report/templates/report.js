"use strict";
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };

  function stanceAt(stances, time) {
    return stances.filter(function (s) { return s[1] <= time && time < s[2]; })[0];
  }
  function nearest(stances, time) {
    return stances.reduce(function (best, s) {
      var off = Math.abs((s[1] + s[2]) / 2 - time);
      return best === null || off < best[0] ? [off, s] : best;
    }, null)[1];
  }

  if (window.matchMedia("(max-width: 40rem)").matches) { all("details.fold").forEach(function (part) { part.open = false; }); }

  all(".player").forEach(function (player) {
    var clip = data.clips[Number(player.dataset.clip)];
    var video = player.querySelector("video");
    var figures = all('.figure[data-clip="' + player.dataset.clip + '"]');
    var status = player.querySelector(".status");
    var frame = 1 / clip.fps;

    function seek(time) { video.pause(); video.currentTime = Math.max(0, Math.min(time, video.duration || time)); }
    function show() {
      var time = video.currentTime, stance = stanceAt(clip.stances, time);
      figures.forEach(function (figure) {
        var cursor = figure.querySelector(".cursor"), left = Number(figure.dataset.left), right = Number(figure.dataset.right);
        var share = null;
        if (figure.dataset.kind === "feet") {
          var ends = figure.dataset.name.split(" ").map(Number);
          share = (time - ends[0]) / (ends[1] - ends[0]);
        } else if (stance) {
          share = (time - stance[1]) / (stance[2] - stance[1]);
        }
        cursor.hidden = share === null || share < 0 || share > 1;
        if (!cursor.hidden) { cursor.style.left = 100 * (left + share * (right - left)) + "%"; cursor.dataset.side = stance ? stance[0] : ""; }
      });
      player.querySelector(".time").textContent = time.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 }) + "\u00a0s";
    }
    var pace = player.querySelector("select");
    function setPace() {
      var time = video.currentTime;
      var slow = clip.slow.some(function (s) { return s[0] <= time && time < s[1]; });
      var rate = pace.value === "marked" ? (slow ? 0.25 : 1) : Number(pace.value);
      if (video.playbackRate !== rate) { video.playbackRate = rate; }
    }
    function follow() { show(); setPace(); if (!video.paused) { requestAnimationFrame(follow); } }
    ["play", "seeked", "timeupdate", "loadeddata"].forEach(function (name) { video.addEventListener(name, follow); });

    figures.forEach(function (figure) {
      function go(x) {
        var left = Number(figure.dataset.left), right = Number(figure.dataset.right);
        var share = Math.max(0, Math.min(0.999, (x - left) / (right - left)));
        if (figure.dataset.kind === "feet") {
          var ends = figure.dataset.name.split(" ").map(Number);
          var stance = nearest(clip.stances, ends[0] + share * (ends[1] - ends[0]));
          seek((stance[1] + stance[2]) / 2);
        } else {
          var own = nearest(clip.stances, video.currentTime);
          seek(own[1] + share * (own[2] - own[1]));
        }
      }
      figure.addEventListener("click", function (event) {
        var box = figure.querySelector("svg").getBoundingClientRect();
        go((event.clientX - box.left) / box.width);
      });
    });

    var does = {
      play: function () { if (video.paused) { video.play(); } else { video.pause(); } },
      back: function () { seek(video.currentTime - frame); },
      on: function () { seek(video.currentTime + frame); },
      previous: function () {
        var past = clip.stances.filter(function (s) { return s[1] < video.currentTime - frame; });
        if (past.length) { seek(past[past.length - 1][1]); }
      },
      next: function () {
        var later = clip.stances.filter(function (s) { return s[1] > video.currentTime + frame; });
        if (later.length) { seek(later[0][1]); }
      },
      skeleton: function (button) {
        var time = video.currentTime, plain = button.getAttribute("aria-pressed") === "true";
        button.setAttribute("aria-pressed", String(!plain));
        video.src = plain ? player.dataset.plain : player.dataset.overlay;
        video.addEventListener("loadeddata", function once() { video.removeEventListener("loadeddata", once); video.currentTime = time; });
      },
      left: function () { if (clip.stills.left !== undefined) { seek(clip.stills.left); } },
      right: function () { if (clip.stills.right !== undefined) { seek(clip.stills.right); } },
      finding: function () {
        var found = data.findings.filter(function (f) { return f.side === "both" || clip.stills[f.side] !== undefined; });
        if (!found.length) { return; }
        var k = (Number(player.dataset.finding || -1) + 1) % found.length, side = found[k].side;
        player.dataset.finding = String(k);
        status.textContent = found[k].text;
        seek(side === "both" ? Object.values(clip.stills)[0] : clip.stills[side]);
      }
    };
    if (clip.opening !== null) {
      video.addEventListener("loadedmetadata", function once() { video.removeEventListener("loadedmetadata", once); video.currentTime = clip.opening; });
    }
    all("button[data-does]", player).forEach(function (button) {
      button.addEventListener("click", function () { does[button.dataset.does](button); });
    });
    pace.addEventListener("change", setPace);
    player.addEventListener("keydown", function (event) {
      if (event.target.tagName === "BUTTON" || event.target.tagName === "SELECT") { return; }
      var name = { " ": "play", ",": "back", ".": "on", ArrowLeft: "back", ArrowRight: "on", f: "finding" }[event.key];
      if (name) { event.preventDefault(); does[name](); }
    });
    show();
  });
})();
