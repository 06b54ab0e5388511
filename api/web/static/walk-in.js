// A digit chooses the service, 0 asks for more, Enter gives the number, Escape goes back. Without this script: arrows,
// Tab and Enter.
(() => {
  const form = document.getElementById("walk-in");
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName === "SELECT") return;
    if (event.key === "Escape") return location.assign("/scan");
    const choice = /^[0-9]$/.test(event.key) && form.querySelector(`[data-key="${event.key}"]`);
    if (!choice) return;
    event.preventDefault();
    if (choice.type === "radio") { choice.checked = true; choice.focus(); }
    else { choice.parentElement.open = true; form.elements.party.focus(); }
  });
  form.addEventListener("submit", () => form.querySelector("button").disabled = true);
})();
