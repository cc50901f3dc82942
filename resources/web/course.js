// Draws the course of a year day by day, this year beside the year before, where the page has a place for it.
// The table of the page says the same without this file.
"use strict";

(() => {
  const place = document.getElementById("course-plot");
  if (!place) return;
  const colour = (name) => getComputedStyle(place).getPropertyValue(name).trim();
  // light-dark() is worked out by asking what it comes to as a colour.
  const resolved = (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    place.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  let plot = null;
  let data = null;

  const draw = () => {
    if (!data) return;
    if (plot) plot.destroy();
    const number = new Intl.NumberFormat(document.documentElement.lang, {maximumFractionDigits: 0});
    const day = new Intl.DateTimeFormat(document.documentElement.lang, {day: "numeric", month: "short", timeZone: "UTC"});
    const unit = 10 ** data.exponent;
    const font = `12px ${colour("--font") || "system-ui"}`;
    const axis = {stroke: resolved("--text-muted"), font, grid: {stroke: resolved("--border"), width: 1}, ticks: {show: false}};
    plot = new uPlot({
      width: place.clientWidth,
      height: 240,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      cursor: {y: false, drag: {x: false, y: false}},
      scales: {x: {time: true}},
      axes: [
        {...axis, values: (_, ticks) => ticks.map((at) => day.format(new Date(at * 1000)))},
        {...axis, size: 72, values: (_, ticks) => ticks.map((amount) => number.format(amount))},
      ],
      series: [
        {label: place.dataset.day, value: (_, at) => (at === null ? "–" : day.format(new Date(at * 1000)))},
        {label: place.dataset.before, stroke: resolved("--text-muted"), width: 1, dash: [4, 3],
          value: (_, amount) => (amount === null ? "–" : number.format(amount))},
        {label: place.dataset.now, stroke: resolved("--c1"), width: 2, fill: resolved("--accent-soft"),
          value: (_, amount) => (amount === null ? "–" : number.format(amount))},
      ],
    }, [
      data.days.map((number) => number * 86400),
      data.before.map((minor) => minor / unit),
      data.now.map((minor) => minor / unit),
    ], place);
    // What can be switched off by a click is no control of ours: the legend only says which line is which.
    for (const head of place.querySelectorAll(".u-legend th")) head.style.cursor = "default";
  };

  fetch(place.dataset.source, {headers: {Accept: "application/json"}, credentials: "same-origin"})
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((found) => {
      data = found;
      draw();
      let width = place.clientWidth;
      new ResizeObserver(() => {
        if (place.clientWidth !== width) {
          width = place.clientWidth;
          if (plot) plot.setSize({width, height: 240});
        }
      }).observe(place);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    });
})();
