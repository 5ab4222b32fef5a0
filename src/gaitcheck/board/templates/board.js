"use strict";
(function () {
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var list = document.getElementById("lines");
  if (!list) { return; }
  var lines = all("article", list);
  var pick = function (name) { var field = document.getElementById(name); return field ? field.value : ""; };
  var shown = document.getElementById("shown"), none = document.getElementById("none");

  function filter() {
    var group = pick("group"), finding = pick("finding"), change = pick("change"), text = pick("search").trim().toLowerCase();
    var count = 0;
    lines.forEach(function (line) {
      var data = line.dataset;
      var fits = (!group || data.group === group) && (!change || data.change === change) &&
        (!finding || (" " + data.findings + " ").indexOf(" " + finding + " ") >= 0) &&
        (!text || data.name.toLowerCase().indexOf(text) >= 0);
      line.hidden = !fits;
      count += fits ? 1 : 0;
    });
    shown.textContent = shown.dataset.text.replace("{n}", String(count));
    none.hidden = count > 0;
  }
  ["group", "finding", "change"].forEach(function (name) {
    var field = document.getElementById(name);
    if (field) { field.addEventListener("change", filter); }
  });
  document.getElementById("search").addEventListener("input", filter);
  document.getElementById("sort").addEventListener("change", function () {
    var byName = this.value === "name";
    lines.slice().sort(function (a, b) {
      return byName ? a.dataset.name.localeCompare(b.dataset.name) : Number(a.dataset.place) - Number(b.dataset.place);
    }).forEach(function (line) { list.appendChild(line); });
  });
  filter();
})();
