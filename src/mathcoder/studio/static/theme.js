// sha256 of assets/studio and package-lock.json: cc40f2d582a90ea5a57b935f96f989282ee98daf183627438d826a18bd73fe32
(()=>{document.documentElement.dataset.theme=localStorage.getItem("theme")??"auto";})();
