// Lets the clock of /demo run, and shows the page anew when the phone has got a message. The page works without it.
"use strict";
(function () {
  const clock = document.querySelector("[data-clock]");
  const messages = document.querySelector("[data-messages]");
  const PAUSE_MS = 2000;

  async function ask(path) {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function busy() {
    const field = document.activeElement;
    return field && field.tagName === "INPUT" && field.value !== field.defaultValue;
  }

  function show(now) {
    const hour = now.slice(11, 16).replace(":", clock.textContent.includes(".") ? "." : ":");
    if (clock.dateTime.slice(0, 10) !== now.slice(0, 10)) location.reload();
    clock.textContent = clock.textContent.replace(/\d\d[.:]\d\d/, hour);
  }

  async function look() {
    if (!document.hidden) {
      try {
        show((await ask("/demo/clock")).now);
        if (messages) {
          const phone = await ask("/demo/phones/" + encodeURIComponent(messages.dataset.phone));
          if (phone.messages.length !== Number(messages.dataset.messages) && !busy()) location.reload();
        }
      } catch (problem) {
        // the demo was stopped: the page stays as it is
      }
    }
    setTimeout(look, PAUSE_MS);
  }

  // The page's moment is UTC; the clock's answer has the office's offset: compare dates of the same kind.
  ask("/demo/clock").then(({ now }) => { clock.dateTime = now; setTimeout(look, PAUSE_MS); }, () => {});
})();
