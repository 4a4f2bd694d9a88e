(() => {
  'use strict';
  const QUICK = 5000; // while the stream is away, or the page waits for something that the stream does not tell
  const SLOW = 30000;

  document.documentElement.classList.add('scripts');
  const byId = (id) => document.getElementById(id);
  let source = null;
  let loadedAt = Date.now();
  let askedAt = loadedAt;
  let isAsking = false;

  const isPaid = () => byId('payment').dataset.status === 'paid';

  const close = () => {
    if (source) source.close();
    source = null;
  };

  // What the reader stands on stays as it is, unless the payment stands differently.
  const show = (next) => {
    const [old, fresh] = [byId('payment'), next.getElementById('payment')];
    if (!fresh) return;
    loadedAt = Date.now();
    const [status, said] = [byId('status'), next.getElementById('status')];
    if (status.textContent !== said.textContent) status.textContent = said.textContent;
    status.dataset.stand = said.dataset.stand;
    document.title = next.title;
    if (old.dataset.tag !== fresh.dataset.tag) {
      old.replaceWith(document.importNode(fresh, true));
    } else {
      old.dataset.status = fresh.dataset.status;
      const [timer, left] = [old.querySelector('[data-left]'), fresh.querySelector('[data-left]')];
      if (timer && left) timer.dataset.left = left.dataset.left;
    }
    if (isPaid()) close();
  };

  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    askedAt = Date.now();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), 10000);
    try {
      const reply = await fetch(location.href, { cache: 'no-store', signal: limit.signal });
      if (reply.ok) show(new DOMParser().parseFromString(await reply.text(), 'text/html'));
    } catch {
      // The next time, perhaps.
    } finally {
      clearTimeout(timer);
      isAsking = false;
    }
  };

  const listen = () => {
    if (!window.EventSource || isPaid()) return;
    source = new EventSource(document.body.dataset.events);
    source.addEventListener('status', (event) => {
      if (JSON.parse(event.data).status !== byId('payment').dataset.status) ask();
    });
  };

  const two = (number) => String(number).padStart(2, '0');

  const tick = () => {
    const timer = document.querySelector('[data-left]');
    if (timer) {
      const left = Math.max(0, Math.ceil(Number(timer.dataset.left) - (Date.now() - loadedAt) / 1000));
      const [hours, minutes] = [Math.floor(left / 3600), Math.floor(left / 60) % 60];
      timer.textContent = (hours ? `${hours}:` : '') + `${two(minutes)}:${two(left % 60)}`;
    }
    if (isPaid()) return;
    const stand = byId('status').dataset.stand;
    const isTold = source && source.readyState === EventSource.OPEN && stand !== 'preparing' && stand !== 'over';
    const isOver = timer && timer.textContent === '00:00';
    if (Date.now() - askedAt >= (isTold && !isOver ? SLOW : QUICK)) ask();
  };

  const write = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without TLS there is no clipboard but this one.
      const area = document.createElement('textarea');
      area.value = text;
      area.readOnly = true;
      area.className = 'hidden';
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
  };

  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-copy]');
    if (!button || button.dataset.text) return;
    await write(button.dataset.copy);
    button.focus();
    button.dataset.text = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = button.dataset.text;
      delete button.dataset.text;
    }, 2000);
  });

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !isPaid()) ask();
  });
  window.addEventListener('pagehide', close);
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    listen();
    ask();
  });
  setInterval(tick, 1000);
  tick();
  listen();
})();
