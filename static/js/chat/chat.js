// The customer's page. The one script its template names: where files are named by their content, a module that is both
// named there and imported here would run twice.

import "./frame.js";
import "./page.js";
import "./line.js";
import "./outbox.js";
