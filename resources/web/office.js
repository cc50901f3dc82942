// What the pages of head office do besides links and forms: jump to the search with Ctrl+K, walk a matrix with the
// arrow keys, and show results and a promotion's sentence while typing. Without this file everything works as plain links and forms.
"use strict";

(() => {
  const search = document.getElementById("jump");

  document.addEventListener("keydown", (event) => {
    const combined = event.ctrlKey || event.metaKey;
    if (search && combined && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // Arrow keys move through the cells of a matrix as in a spreadsheet.
  const steps = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]};
  document.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const cell = event.target instanceof Element ? event.target.closest(".matrix [data-cell]") : null;
    if (!step || !cell) return;
    const [row, column] = cell.dataset.cell.split(",").map(Number);
    const matrix = cell.closest(".matrix");
    for (let far = 1; far < 200; far += 1) {
      const found = matrix.querySelector(`[data-cell="${row + step[0] * far},${column + step[1] * far}"]`);
      if (found) {
        event.preventDefault();
        found.focus();
        return;
      }
    }
  });

  // A form with data-live asks again while somebody types, and puts the part of the answer with the same id in place.
  for (const form of document.querySelectorAll("form[data-live]")) {
    let asked = 0;
    let waiting = 0;
    const target = form.dataset.live;
    const ask = async () => {
      asked += 1;
      const number = asked;
      const query = new URLSearchParams(new FormData(form));
      for (const [name, value] of [...query]) if (value === "") query.delete(name);
      const address = query.size ? `${form.action}?${query}` : form.action;
      const answer = await fetch(address, {headers: {Accept: "text/html"}, credentials: "same-origin"});
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(target);
      // The newest question wins; an answer that comes late is dropped.
      if (number !== asked || !fresh) return;
      document.getElementById(target).replaceWith(fresh);
      history.replaceState(null, "", address);
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => ask().catch(() => form.requestSubmit()), 120);
    });
  }

  // A form is heard while somebody fills it in: the sentence it says, and a moment later real receipts with it. Parts
  // of the answer are put in place; the newest question wins.
  const follow = (form, address, id, pause) => {
    const part = document.getElementById(id);
    let asked = 0;
    let waiting = 0;
    const ask = async () => {
      asked += 1;
      const number = asked;
      const answer = await fetch(address, {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
      });
      if (number !== asked || !answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (number === asked) part.replaceChildren(...page.body.childNodes);
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => ask().catch(() => {}), pause);
    });
  };
  for (const form of document.querySelectorAll("form[data-said]")) {
    follow(form, form.dataset.said, "said", 200);
    follow(form, form.dataset.tried, "tried", 600);
  }

  // A check with data-all stands for those of its list: it sets them, and shows whether all of them are set.
  for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;
  for (const whole of document.querySelectorAll("input[data-all]")) {
    const names = new Set(whole.dataset.all.split(" "));
    const parts = [...whole.form.querySelectorAll('input[name="stores"]')].filter((e) => names.has(e.value));
    const show = () => {
      whole.checked = parts.every((e) => e.checked);
      whole.indeterminate = !whole.checked && parts.some((e) => e.checked);
    };
    whole.addEventListener("input", () => {
      for (const one of parts) one.checked = whole.checked;
    });
    for (const one of parts) one.addEventListener("input", show);
    show();
  }

  // A part with data-poll is fetched again until it comes back without.
  const poll = () => {
    const part = document.querySelector("[data-poll][id]");
    if (!part) return;
    setTimeout(async () => {
      try {
        const answer = await fetch(location.href, {headers: {Accept: "text/html"}, credentials: "same-origin"});
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(part.id);
        if (fresh) part.replaceWith(fresh);
      } finally {
        poll();
      }
    }, Number(part.dataset.poll));
  };
  poll();
})();
