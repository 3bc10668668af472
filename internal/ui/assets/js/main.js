// Enhances pages that work without it. Each module looks for its own attribute and does nothing where it is missing.
import "./copy.js";
import "./submit.js";
import "./changes.js";
import "./keys.js";
import "./theme.js";
import "./secret.js";
import "./setup.js";
import "./reveal.js";
import "./menu.js";
import "./dialog.js";
import "./toast.js";
import "./bulk.js";
import "./rows.js";
import "./findings.js";
import "./pick.js";
import "./tabs.js";
import "./passkey.js";
