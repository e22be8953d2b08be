// Looks whether a scan was read, and goes on when it was. Without this script the page does so by itself every few seconds.
"use strict";
const look = async () => {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = await answer.text();
    if (answer.redirected || !page.includes('id="reading"')) {
      location.replace(answer.url);
      return;
    }
  } catch {
    // The server may be busy; the link stays.
  }
  setTimeout(look, 1000);
};
setTimeout(look, 800);
