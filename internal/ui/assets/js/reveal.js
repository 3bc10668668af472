// A button in each password field that shows what is typed. It is added here, because without scripts it could do nothing.

for (const input of document.querySelectorAll(".input-row > input[type=password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reveal";
  button.setAttribute("aria-controls", input.id);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-label", shown ? "Hide password" : "Show password");
  };
  button.addEventListener("click", () => {
    show(input.type === "password");
    input.focus();
  });
  // Hidden again before it is sent, so that the browser keeps it as a password.
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  input.after(button);
}
