// Keeps the place in the queue as it is, while the page is looked at; before the ticket is scanned, waits for that.
// Without this script: loading the page anew.
(() => {
  const EVERY = 30_000;
  const ask = async () => {
    if (document.hidden) return;
    const shown = document.getElementById("turn");
    const answer = await fetch(`${location.pathname}/turn`).catch(() => null);
    if (!answer) return;
    if (!answer.ok || (answer.status === 204 && !shown)) return;
    if (answer.status === 204 || !shown) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("turn");
    if (now && shown.innerHTML !== now.innerHTML) shown.innerHTML = now.innerHTML;
  };
  setInterval(ask, EVERY);
  addEventListener("visibilitychange", ask);
})();
