"use strict";
(function () {
  var form = document.getElementById("filter"), table = document.getElementById("list");
  if (!form || !table) return;
  var body = table.tBodies[0], rows = Array.from(body.rows);
  var text = rows.map(function (r) { return r.textContent.toLowerCase(); });
  var q = document.getElementById("q"), scene = document.getElementById("scene"), outcome = document.getElementById("outcome");
  var shown = document.getElementById("shown");
  function filter() {
    var want = q.value.trim().toLowerCase(), n = 0;
    rows.forEach(function (r, i) {
      var keep = (!want || text[i].indexOf(want) >= 0) &&
        (!scene.value || r.cells[2].textContent === scene.value) &&
        (!outcome.value || r.cells[3].textContent === outcome.value);
      r.hidden = !keep;
      if (keep) n++;
    });
    shown.textContent = shown.dataset.words.replace("%d", n).replace("%d", rows.length);
  }
  var timer;
  q.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(filter, 150); });
  scene.addEventListener("change", filter);
  outcome.addEventListener("change", filter);
  form.addEventListener("submit", function (e) { e.preventDefault(); filter(); });
  var heads = Array.from(table.tHead.rows[0].cells), compare = new Intl.Collator(document.documentElement.lang, {numeric: true}).compare;
  heads.forEach(function (th, at) {
    var button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", table.dataset.sort.replace("%s", th.textContent));
    th.appendChild(button);
    button.addEventListener("click", function () {
      var down = th.getAttribute("aria-sort") === "ascending";
      heads.forEach(function (h) { h.removeAttribute("aria-sort"); });
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      var keyed = rows.map(function (r) { return [r.cells[at] ? r.cells[at].textContent : "", r]; });
      keyed.sort(function (a, b) { return down ? compare(b[0], a[0]) : compare(a[0], b[0]); });
      var all = document.createDocumentFragment();
      keyed.forEach(function (k) { all.appendChild(k[1]); });
      body.appendChild(all);
    });
  });
  form.hidden = false;
  filter();
})();
