// Forms that carry a response onwards send themselves: <form data-submit>. Every other form is sent once: a second press of the
// button while the first is under way does nothing. The server refuses a second use anyway.

for (const form of document.querySelectorAll("form[data-submit]")) form.submit();

for (const form of document.querySelectorAll("form[method=post]:not([data-submit])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}
// A page that comes back from the browser's memory may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
