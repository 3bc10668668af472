// Toasts: what the last request did. A region that is there from the start is often not read out, so the words are put into one
// that was empty. A toast leaves by itself, but not while it is pointed at or has the focus.

const said = document.createElement("p");
said.className = "only-read";
said.setAttribute("aria-live", "polite");

for (const toast of document.querySelectorAll("[data-toast]")) {
  document.body.append(said);
  const words = toast.querySelector("[role=status]");
  const close = toast.querySelector("[data-toast-close]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
  words.removeAttribute("role");
  setTimeout(() => { said.textContent = words.textContent; }, 200);
  if (!toast.closest(".card, .guide-whole")) leave(toast);
}

function leave(toast) {
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) leave(toast);
    else toast.remove();
  }, 8000);
}
