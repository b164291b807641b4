// sha256 of assets/studio and package-lock.json: 50a0e830eeb56ca6e3a502ac97717360557bbd3a736f3010f9adfd79adeb90e2
(()=>{document.documentElement.dataset.theme=localStorage.getItem("theme")??"auto";})();
