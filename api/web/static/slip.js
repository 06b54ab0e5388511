// Prints the slip of this page on paper as long as the slip: browsers know no other way to say "80 mm, as long as need be".
(() => {
  const paper = document.querySelector(".paper");
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const print = () => {
    const hidden = getComputedStyle(paper).display === "none";
    if (hidden) paper.style.setProperty("display", "block"); // to be measured
    const millimetres = Math.ceil(paper.getBoundingClientRect().height * 25.4 / 96) + 2;
    if (hidden) paper.style.removeProperty("display");
    sheet.replaceSync(`@page { size: 80mm ${millimetres}mm; margin: 0; }`);
    window.print();
  };
  for (const one of document.querySelectorAll("[data-print]")) {
    one.hidden = false;
    one.addEventListener("click", event => { event.preventDefault(); print(); });
    if (one.dataset.print === "now") print();
  }
})();
