// Forms that carry a response onwards send themselves: <form data-submit>. Every other form is sent once: a second press of the
// button while the first is under way does nothing. The server refuses a second use anyway.

for (const form of document.querySelectorAll("form[data-submit]")) form.submit();

for (const form of document.querySelectorAll("form[method=post]:not([data-submit])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    if (event.defaultPrevented) return;
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => free(form), 4000);
  });
}
// A page that comes back from the browser's memory may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) free(form);
});

function free(form) {
  delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
}
