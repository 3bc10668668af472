// A secret that is shown once: press to select, download as a file. The value never leaves the page by another way.

for (const input of document.querySelectorAll("[data-select]")) {
  input.addEventListener("focus", () => input.select());
}

for (const button of document.querySelectorAll("[data-download]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([button.dataset.text], { type: "text/plain" }));
    link.download = button.dataset.download;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
