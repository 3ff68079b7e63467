// What the pages do in the browser: update ages, keyboard shortcuts, copy, time travel, and send forms.
"use strict";
(() => {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const $ = (selector) => document.querySelector(selector);

  function age(then) {
    const seconds = Math.max(0, Math.round((Date.now() - then) / 1000));
    return seconds < 2 ? "just now" : `${span(seconds)} ago`;
  }

  function wait(then) {
    const seconds = Math.ceil((then - Date.now()) / 1000);
    return seconds > 0 ? `in ${span(seconds)}` : "within a minute";
  }

  function span(seconds) {
    const [name, unit] = units.find(([, unit]) => seconds >= unit);
    return `${Math.floor(seconds / unit)} ${name}`;
  }

  function updateAges() {
    for (const time of document.querySelectorAll("time[data-ago], time[data-wait]")) {
      const text = ("wait" in time.dataset ? wait : age)(Date.parse(time.dateTime));
      if (time.textContent !== text) time.textContent = text;
    }
  }
  setInterval(updateAges, 500);
  new MutationObserver(() => {
    updateAges();
    markLater();
  }).observe(document.documentElement, { childList: true, subtree: true });

  function report(element, text, isError) {
    element.textContent = text;
    element.classList.toggle("bad", isError);
  }

  function isConfirmed() {
    const { stack } = $(".topbar").dataset;
    return !stack || prompt(`This changes a stack on AWS. To confirm, type its name, ${stack}:`) === stack;
  }

  async function send(form) {
    if (!isConfirmed()) return;
    const result = form.querySelector(".result");
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const token = $("meta[name=saga-token]").content;
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(form.action, { method: "POST", headers: { "x-saga-token": token }, body });
      const answer = await response.json();
      if (!response.ok) return report(result, errorText(answer.detail), true);
      report(result, answer.message, false);
      if (!answer.location) return emitEvent("acted");
      history.replaceState(null, "", `?${body}`); // so that going back finds the input
      location.assign(answer.location);
    } catch (error) {
      report(result, `The console is not responding: ${error.message}`, true);
    } finally {
      button.disabled = false;
    }
  }

  function errorText(detail) {
    return typeof detail === "string" ? detail : detail.map((each) => `${each.loc.at(-1)}: ${each.msg}`).join("; ");
  }

  async function copy(button) {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    const before = button.textContent;
    button.textContent = "Copied ✓";
    setTimeout(() => (button.textContent = before), 1500);
  }

  function focusRow(by) {
    const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const current = rows.indexOf(document.activeElement);
    rows[current < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(current + by, 0), rows.length - 1)].focus();
  }

  // Mark what happened after the slider's moment, and return that moment, or null for the latest.
  function markLater() {
    const slider = $("#moment");
    if (!slider?.dataset.moments) return;
    const stops = slider.dataset.moments.split(" ").map(Number);
    const last = Number(slider.value) >= stops.length - 1;
    const at = last ? Infinity : stops[Number(slider.value)];
    for (const each of document.querySelectorAll("[data-at]")) each.classList.toggle("later", Number(each.dataset.at) > at);
    for (const each of document.querySelectorAll("[data-from]")) {
      const { from, to } = each.dataset;
      each.style.setProperty("--cursor", `${Math.min(Math.max((100 * (at - from)) / (to - from), 0), 100)}%`);
      each.classList.toggle("earlier", !last);
    }
    return last ? null : at;
  }

  function updateUrl() {
    const at = markLater();
    const url = new URL(location.href);
    if (at === null) url.searchParams.delete("at");
    else url.searchParams.set("at", at);
    history.replaceState(null, "", url);
  }

  function moveTo(index) {
    const slider = $("#moment");
    slider.value = index;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }

  const steps = {
    previous: (slider) => Number(slider.value) - 1,
    next: (slider) => Number(slider.value) + 1,
    latest: (slider) => Number(slider.max),
  };

  function openTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("details")) target.open = true;
  }
  addEventListener("hashchange", openTarget);

  const shortcuts = {
    "/": () => $("form[data-search] input")?.focus(),
    j: () => focusRow(1),
    k: () => focusRow(-1),
    "?": () => $("#shortcuts")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=range]), select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in shortcuts)) return;
    event.preventDefault();
    shortcuts[event.key]();
  });
  document.addEventListener("visibilitychange", () => emitEvent(document.hidden ? "hidden" : "shown"));
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-send]")) return;
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[data-filters]")) return;
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("form[data-filters] select")) event.target.form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "moment") updateUrl();
  });
  document.addEventListener("click", (event) => {
    const stepper = event.target.closest("[data-step]");
    if (stepper) moveTo(steps[stepper.dataset.step]($("#moment")));
    const moment = event.target.closest("[data-moment]");
    if (moment && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      moveTo($("#moment").dataset.moments.split(" ").indexOf(moment.dataset.moment));
    }
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    if (event.target.closest("[data-shortcuts]")) shortcuts["?"]();
    const fresh = event.target.closest("[data-fresh]");
    if (fresh) document.getElementById(fresh.dataset.fresh).value = crypto.randomUUID();
  });
})();
