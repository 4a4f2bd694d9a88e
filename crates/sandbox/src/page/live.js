(() => {
  'use strict';
  document.documentElement.classList.add('scripts');
  const live = document.getElementById('live');
  const note = document.getElementById('note');
  let tag = live ? live.dataset.tag : '';
  let asking = false;
  let lost = false;

  const say = (text) => {
    note.textContent = text;
    note.hidden = !text;
  };

  // What the reader opened, typed or stands on stays as it is.
  const replace = (html) => {
    const open = Array.from(live.querySelectorAll('details[open][id]'), (details) => details.id);
    const typed = Array.from(live.querySelectorAll('input[id]'))
      .filter((input) => input.value !== input.defaultValue)
      .map((input) => [input.id, input.value]);
    const active = document.activeElement;
    const focused = live.contains(active) ? active.id || (active.parentElement && active.parentElement.id) : '';
    live.innerHTML = html;
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    for (const [id, value] of typed) {
      const input = document.getElementById(id);
      if (input) input.value = value;
    }
    const element = focused && document.getElementById(focused);
    if (element) (element.tagName === 'DETAILS' ? element.firstElementChild : element).focus({ preventScroll: true });
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    try {
      const reply = await fetch(live.dataset.source, {
        cache: 'no-store',
        headers: { 'If-None-Match': tag },
        signal: AbortSignal.timeout(10000),
      });
      if (reply.status === 200) {
        const html = await reply.text();
        tag = reply.headers.get('ETag');
        replace(html);
      } else if (reply.status === 404) {
        location.reload();
      }
      if (lost) say('');
      lost = false;
    } catch {
      lost = true;
      say(live.dataset.lost);
    } finally {
      asking = false;
    }
  };

  if (live) {
    setInterval(() => document.hidden || ask(), 1000);
    document.addEventListener('visibilitychange', () => document.hidden || ask());
  }

  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.matches('form[data-live]')) return;
    event.preventDefault();
    try {
      const body = new URLSearchParams(new FormData(form));
      const reply = await fetch(form.getAttribute('action'), { method: 'POST', body, redirect: 'manual' });
      if (reply.type === 'opaqueredirect') {
        say('');
      } else {
        const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
        const why = page.querySelector('main p');
        say(why ? why.textContent : String(reply.status));
      }
      ask();
    } catch {
      lost = true;
      say(live.dataset.lost);
    }
  });

  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-copy]');
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Without the right to the clipboard, the old way.
      getSelection().selectAllChildren(source);
      document.execCommand('copy');
    }
    const text = button.dataset.text || (button.dataset.text = button.textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = text; }, 2000);
  });
})();
