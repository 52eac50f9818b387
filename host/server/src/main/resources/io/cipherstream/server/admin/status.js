'use strict';
// Asks the appliance every two seconds and shows what it says. The token stays in this page's memory.
const EVERY_MILLIS = 2000;
const POINTS_MAX = 150;
const PLOTS = { inferences: 'inferences', stepsWaiting: 'steps waiting', keysWaiting: 'waiting for keys', sessions: 'sessions', connections: 'connections' };
const history = Object.fromEntries(Object.keys(PLOTS).map((name) => [name, []]));
const at = (id) => document.getElementById(id);
let token = '';
let draining = false;

const make = (name, text) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  return element;
};

const bytes = (count) => {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(unit && value < 100 ? 1 : 0)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][unit]}`;
};

const ask = async (path, method = 'GET') => {
  const answer = await fetch(path, { method, headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) {
    const problem = await answer.json();
    throw new Error(problem.detail || problem.title);
  }
  return answer.status === 204 ? null : answer.json();
};

const rows = (table, lines) => {
  at(table).tBodies[0].replaceChildren(...lines.map((cells) => {
    const row = make('tr');
    cells.forEach((cell) => {
      const place = make('td');
      place.append(cell);
      row.append(place);
    });
    return row;
  }));
};

const marked = (text) => {
  const span = make('span', text);
  span.className = text;
  return span;
};

const plot = (name) => {
  const values = history[name];
  const most = Math.max(1, ...values);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${POINTS_MAX} 100`);
  svg.setAttribute('preserveAspectRatio', 'none');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  const points = values.map((value, i) => `${POINTS_MAX - values.length + i},${98 - (96 * value) / most}`);
  line.setAttribute('points', points.join(' '));
  svg.append(line);
  const figure = make('figure');
  const caption = make('figcaption', `${PLOTS[name]} `);
  caption.append(make('b', String(values[values.length - 1])));
  figure.append(caption, svg);
  return figure;
};

const show = (status, sessions) => {
  draining = status.draining;
  at('state').textContent = draining ? 'draining' : status.ready ? 'ready' : status.progress;
  at('about').textContent = `version ${status.version}, since ${status.started.slice(0, 19).replace('T', ' ')} UTC`;
  at('drain').textContent = draining ? 'Take work again' : 'Drain';
  Object.keys(PLOTS).forEach((name) => {
    history[name].push(status[name]);
    if (history[name].length > POINTS_MAX) history[name].shift();
  });
  at('plots').replaceChildren(...Object.keys(PLOTS).map(plot));
  rows('memory', status.memory.map((part) => {
    const meter = make('meter');
    meter.max = part.most;
    meter.value = part.bytes;
    return [part.part, meter, `${bytes(part.bytes)} of ${bytes(part.most)}`];
  }));
  rows('engines', status.engines.map((e) => [e.name, marked(e.health), String(e.fallbacks), String(e.crossCheckFaults)]));
  rows('models', [
    ...status.models.map((m) => [m.name, m.engine, m.modes.join(', '), m.tokenClasses.join(', '), bytes(m.weightBytes)]),
    ...status.leftOut.map((m) => [m.name, '', m.name === status.loading ? 'loading' : `left out: ${m.reason}`, '', '']),
    ...status.notServed
      .filter((name) => !status.leftOut.some((m) => m.name === name))
      .map((name) => [name, '', name === status.loading ? 'loading' : 'not served', '', '']),
  ]);
  rows('sessions', sessions.map((s) => {
    const evict = make('button', 'Evict');
    evict.type = 'button';
    evict.addEventListener('click', () => act(`sessions/${s.session}`, 'DELETE'));
    return [s.session, s.tenant, s.model, `${s.lastUsed.slice(0, 19).replace('T', ' ')}${s.inUse ? ', in use' : ''}`, bytes(s.keyBytes), evict];
  }));
};

const refresh = async () => {
  try {
    const [status, list] = await Promise.all([ask('status'), ask('sessions')]);
    show(status, list.sessions);
    at('locked').hidden = true;
    at('shown').hidden = false;
    return true;
  } catch (failure) {
    at('problem').textContent = failure.message;
    at('locked').hidden = false;
    return false;
  }
};

const act = async (path, method) => {
  try {
    await ask(path, method);
  } catch (failure) {
    at('problem').textContent = failure.message;
  }
  await refresh();
};

let timer = 0;
at('locked').addEventListener('submit', async (event) => {
  event.preventDefault();
  token = at('token').value.trim();
  if (await refresh() && !timer) timer = setInterval(refresh, EVERY_MILLIS);
});
at('drain').addEventListener('click', () => act('drain', draining ? 'DELETE' : 'POST'));
