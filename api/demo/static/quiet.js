// Sends a form without leaving the page: what has changed is taken from the page that answers. What the phones show
// would be lost otherwise. `done(form)` is called when the form was taken.
"use strict";

export function sendQuietly(done) {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-quiet]");
    if (!form) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form));
    const button = event.submitter;
    if (button && button.name) fields.append(button.name, button.value);
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      take(page, form);
      done(form);
    } catch (problem) {
      location.reload(); // shows what is there, or that the demo was stopped
    }
  });
}

function take(page, form) {
  const name = form.dataset.fresh || form.dataset.quiet;
  const mine = document.querySelector('[data-fresh="' + name + '"]');
  const fresh = page.querySelector('[data-fresh="' + name + '"]');
  if (!mine || !fresh) return;
  const at = [...mine.querySelectorAll("button")].indexOf(document.activeElement);
  mine.replaceChildren(...document.importNode(fresh, true).childNodes);
  const again = mine.querySelectorAll("button")[at];
  if (again) again.focus({ preventScroll: true });
}
