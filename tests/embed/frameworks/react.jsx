import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { Customers } from "./Customers.jsx";

// The list comes and goes, as in a page with several views.
function App() {
  const [shown, setShown] = useState(true);
  return <><button onClick={() => setShown(!shown)}>{shown ? "Hide" : "Show"}</button>{shown && <Customers />}</>;
}

createRoot(document.getElementById("app")).render(<StrictMode><App /></StrictMode>);
