// A switch in each password field that shows what is typed. It is added here, because without scripts it could do nothing.

for (const input of document.querySelectorAll(".input-row > input[type=password]")) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  const word = document.createElement("span");
  label.className = "reveal";
  box.type = "checkbox";
  box.className = "only-read";
  box.setAttribute("aria-label", "Show password");
  box.setAttribute("aria-controls", input.id);
  label.append(box, word);
  const show = () => {
    input.type = box.checked ? "text" : "password";
    word.textContent = box.checked ? "Hide" : "Show";
  };
  box.addEventListener("change", show);
  // Hidden again before it is sent, so that the browser keeps it as a password.
  input.form?.addEventListener("submit", () => {
    box.checked = false;
    show();
  });
  show();
  input.after(label);
}
