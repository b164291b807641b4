// The studio: one page, whose views are told apart by the hash of the address.

import "./main.css";

import { html, render } from "htm/preact";

import { Shell } from "./shell.js";

render(html`<${Shell} />`, document.getElementById("studio"));
