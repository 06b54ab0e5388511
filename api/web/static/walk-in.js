// A digit chooses the service, Enter gives the number, Escape goes back. Without this script: arrows, Tab and Enter.
(() => {
  const form = document.getElementById("walk-in");
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName === "SELECT") return;
    if (event.key === "Escape") return location.assign("/scan");
    const choice = /^[1-9]$/.test(event.key) && form.querySelector(`[data-key="${event.key}"]`);
    if (choice) { event.preventDefault(); choice.checked = true; choice.focus(); }
  });
  form.addEventListener("submit", () => form.querySelector("button").disabled = true);
})();
