// Dialogs: a link that names one opens it instead of leading to its page, at its first field or else where it is left. The browser
// keeps the focus inside, closes on Esc and returns the focus; here a press beside it closes it too.

for (const link of document.querySelectorAll("[data-dialog]")) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog?.showModal) continue;
  link.setAttribute("aria-haspopup", "dialog");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    dialog.showModal();
    (dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea)") ?? dialog.querySelector(".dialog-body [data-close]"))?.focus();
  });
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  for (const close of dialog.querySelectorAll("[data-close]")) {
    close.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
}
