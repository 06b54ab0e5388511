// Comfort for the kiosk: finds back to the start, keeps a scan wherever the finger was, and never shows a browser's own
// page when the network is gone. Without it forms, links and a slow refresh do the same.
(() => {
  const { start, idle, offline } = document.body.dataset;
  const told = document.getElementById("offline"), returns = document.getElementById("returns");
  const field = document.getElementById("text");
  const HASTY_MS = 500; // a second tap of one finger, on what stands there since

  // Asked without the language, which the answer would make the browser's own.
  const reachable = () => fetch(start.split("?")[0], { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(4000) })
    .then(answer => answer.ok, () => false);
  const tell = gone => { told.hidden = !gone; told.textContent = gone ? offline : ""; return gone; };

  let left;
  const hold = () => { left = Number(idle); show(); };
  const show = () => { if (returns) returns.textContent = returns.dataset.words.replace("{n}", left); };
  const tick = async () => {
    left -= 1;
    show();
    if (left > 0) return;
    hold();
    if (field && field.value) field.value = "";
    else if (!tell(!await reachable())) location.replace(start);
  };
  hold();
  setInterval(tick, 1000);
  for (const touched of ["pointerdown", "keydown"]) addEventListener(touched, hold);

  addEventListener("keydown", event => {
    const plain = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (field && plain && event.key !== " " && event.target.tagName !== "INPUT") field.focus({ preventScroll: true });
  });

  addEventListener("click", event => {
    if (performance.now() < HASTY_MS && event.detail > 0) event.preventDefault(); // no key: a finger or a mouse
  }, true);

  let sent = false;
  addEventListener("submit", async event => {
    event.preventDefault();
    if (sent) return;
    sent = true;
    const form = event.target, button = event.submitter;
    if (button && button.name) form.append(Object.assign(document.createElement("input"), {
      type: "hidden", name: button.name, value: button.value }));
    if (tell(!await reachable())) sent = false;
    else form.submit();
  });
  addEventListener("pageshow", () => { sent = false; });
})();
