// The theme that was chosen, set before anything is painted. "auto" is what the system says.

document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "auto";
