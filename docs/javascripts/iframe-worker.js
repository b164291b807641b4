// Browsers refuse to start a worker from a file: address. The search of this site is one; there it runs in a
// hidden frame instead, which this class shows as a worker. On a web server nothing is changed.
if (location.protocol === "file:") {
  class IFrameWorker extends EventTarget {
    constructor(url) {
      super()
      this.waiting = []
      const frame = document.createElement("iframe")
      frame.hidden = true
      frame.srcdoc = `<script>postMessage = data => frameElement.answer(data)</script><script src="${url}"></script>`
      frame.answer = data => this.dispatchEvent(new MessageEvent("message", { data }))
      frame.onload = () => {
        this.deliver = data => frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }))
        this.waiting.splice(0).forEach(this.deliver)
      }
      document.body.appendChild(frame)
    }

    postMessage(data) {
      this.deliver ? this.deliver(data) : this.waiting.push(data)
    }

    terminate() {}
  }

  window.IFrameWorker = window.Worker = IFrameWorker
}
