// Keeps the place in the queue as it is, while the page is looked at. Without this script: loading the page anew.
(() => {
  const EVERY = 30_000;
  const ask = async () => {
    if (document.hidden) return;
    const answer = await fetch(`${location.pathname}/turn`).catch(() => null);
    if (!answer) return;
    if (answer.status === 204) return location.reload();
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [shown, now] = [document.getElementById("turn"), page.getElementById("turn")];
    if (now && shown.innerHTML !== now.innerHTML) shown.innerHTML = now.innerHTML;
  };
  setInterval(ask, EVERY);
  addEventListener("visibilitychange", ask);
})();
