/* The interactive parts of the report: charts drawn by Vega, values under the pointer, the copy button. Nothing is lost without it. */
(function () {
'use strict';

const COLOURS = 7, MOST_TIP_ROWS = 12, FEW_PLACES = 40, FEW_LABELS = 16;
const DASHES = [[1, 0], [7, 4], [2, 3]];

/* Vega expressions for the labels of axes: powers of ten only far from one. */
const LABEL = "datum.value != 0 && (abs(datum.value) >= 1e6 || abs(datum.value) < 0.001)" +
    " ? replace(format(datum.value, '~e'), '+', '') : format(datum.value, '~r')";
const LOG_LABEL = "datum.value >= 0.01 && datum.value < 10000" +
    " ? format(datum.value, '~r') : replace(format(datum.value, '.0e'), '+', '')";

function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
}

function digits(value, count) {
    if (value === null || !isFinite(value)) return '\u2013';
    const size = Math.abs(value);
    const far = size !== 0 && (size < 1e-3 || size >= 1e6);
    const text = far ? value.toExponential(count - 1).replace('+', '') : String(Number(value.toPrecision(count)));
    return text.replace(/-/g, '\u2212');
}

/* ---- charts ---- */

function tidy(data) {
    const rows = [];
    data.y.forEach((series, k) => series.forEach((y, i) => {
        const hidden = y === null || (data.log && y <= 0);
        rows.push({ i: i, k: k, x: data.x[i], y: hidden ? null : y });
    }));
    return rows;
}

/* Powers of ten, with 2 and 5 between them if the range is short, and at most about six. */
function logarithmicTicks(data) {
    const all = data.y.flat().filter(y => y > 0), ticks = [];
    if (all.length === 0) return [1];
    const low = Math.log10(Math.min(...all)), high = Math.log10(Math.max(...all)), span = high - low;
    const step = Math.max(1, Math.ceil(span / 6));
    const leads = span > 2.5 ? [1] : span > .6 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
    for (let power = Math.floor(low); power <= high; power += step)
        leads.forEach(lead => ticks.push(Number(lead + 'e' + power)));
    return ticks.filter(y => Math.log10(y) >= low - 1e-9 && Math.log10(y) <= high + 1e-9);
}

function axes(data, width) {
    const whole = data.x.every(Number.isInteger);
    const style = {
        labelColor: 'var(--muted)', labelFontSize: 12, labelFont: 'system-ui, sans-serif', labelOverlap: true,
        titleColor: 'var(--muted)', titleFontSize: 12, titleFont: 'system-ui, sans-serif', titleFontWeight: 'normal',
        domainColor: 'var(--rule)', tickColor: 'var(--rule)', gridColor: 'var(--grid)'
    };
    const below = {
        orient: 'bottom', scale: 'x', title: data.xLabel, titlePadding: 8,
        tickCount: Math.ceil(width / 90), format: '~r'
    };
    const beside = {
        orient: 'left', scale: 'y', grid: true, domain: false, ticks: false, labelPadding: 6, tickCount: 5,
        encode: { labels: { update: { text: { signal: data.log ? LOG_LABEL : LABEL } } } }
    };
    if (whole) below.tickMinStep = 1;
    if (data.labels && data.labels.length <= FEW_LABELS) {
        below.values = data.x;
        below.encode = { labels: { update: { text: { signal: 'labels[datum.value]' } } } };
    }
    if (data.log) beside.values = logarithmicTicks(data);
    return [Object.assign(below, style), Object.assign(beside, style)];
}

function specification(data, width, height) {
    const series = data.y.map((values, k) => k);
    const positive = data.y.every(values => values.every(y => y === null || y >= 0));
    const at = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } };
    const tone = { scale: 'tone', field: 'k' };
    const faint = { signal: 'focus < 0 || focus === datum.k ? 1 : 0.18' };
    const encode = channels => ({ update: Object.assign({}, at, channels) });
    const dot = { type: 'symbol', from: { data: 'dots' }, encode: encode({
        size: { value: 44 }, fill: tone, stroke: { value: 'var(--paper)' }, strokeWidth: { value: 1.5 }
    }) };
    const line = { type: 'line', from: { data: 'one' }, encode: encode({
        defined: { signal: 'isValid(datum.y)' }, stroke: tone, strokeDash: { scale: 'dash', field: 'k' },
        strokeWidth: { signal: 'focus === datum.k ? 2.75 : 1.75' }, strokeJoin: { value: 'round' }, strokeOpacity: faint
    }) };
    const places = { type: 'symbol', from: { data: 'one' }, encode: encode({
        size: { signal: 'isValid(datum.y) ? 18 : 0' }, fill: tone, fillOpacity: faint
    }) };
    const rule = { type: 'rule', encode: { update: {
        x: { scale: 'x', signal: 'at < 0 ? domain("x")[0] : places[at]' }, y: { value: 0 }, y2: { signal: 'height' },
        stroke: { value: 'var(--muted)' }, strokeWidth: { value: 1 }, opacity: { signal: 'at < 0 ? 0 : 0.7' }
    } } };
    return {
        width: width, height: height, padding: { left: 0, right: 6, top: 6, bottom: 0 },
        autosize: { type: 'fit', contains: 'padding' },
        signals: [{ name: 'shown', value: series.map(() => true) }, { name: 'places', value: data.x },
            { name: 'labels', value: data.labels || [] },
            { name: 'focus', value: -1 }, { name: 'at', value: -1 }],
        data: [{ name: 'all', values: tidy(data) },
            { name: 'visible', source: 'all', transform: [{ type: 'filter', expr: 'shown[datum.k]' }] },
            { name: 'dots', source: 'visible',
                transform: [{ type: 'filter', expr: 'datum.i === at && isValid(datum.y)' }] }],
        scales: [
            { name: 'x', type: 'linear', domain: { data: 'all', field: 'x' }, range: 'width', zero: false },
            { name: 'y', type: data.log ? 'log' : 'linear', domain: { data: 'visible', field: 'y' }, range: 'height',
                zero: !data.log && positive, nice: !data.log },
            { name: 'tone', type: 'ordinal', domain: series,
                range: series.map(k => 'var(--c' + (k % COLOURS + 1) + ')') },
            { name: 'dash', type: 'ordinal', domain: series,
                range: series.map(k => DASHES[Math.floor(k / COLOURS) % 3]) }],
        axes: axes(data, width),
        marks: [rule, { type: 'group', from: { facet: { name: 'one', data: 'visible', groupby: 'k' } },
            marks: data.x.length <= FEW_PLACES ? [line, places] : [line] }, dot]
    };
}

function nearest(places, value) {
    let best = -1;
    places.forEach((x, i) => {
        if (x !== null && (best < 0 || Math.abs(x - value) < Math.abs(places[best] - value))) best = i;
    });
    return best;
}

function fillTip(tip, data, names, shown, at) {
    tip.textContent = '';
    tip.append(element('strong', '', data.labels ? data.labels[at] : data.xLabel + ' ' + digits(data.x[at], 6)));
    const rows = data.y.map((series, k) => ({ k: k, y: series[at] })).filter(row => shown[row.k] && row.y !== null);
    rows.sort((a, b) => b.y - a.y).slice(0, MOST_TIP_ROWS).forEach(row => {
        const line = element('div'), name = element('span', '', names[row.k]);
        name.prepend(element('i', 'chip c' + (row.k % COLOURS + 1) + ' d' + Math.floor(row.k / COLOURS) % 3));
        line.append(name, element('b', '', digits(row.y, 4)));
        tip.append(line);
    });
    const more = rows.length - MOST_TIP_ROWS;
    if (more > 0) tip.append(element('div', '', '\u2026 ' + more + ' more'));
}

/* Show the place nearest to the pointer in a box that does not cover it. */
function follow(plot, view, data, names, shown) {
    const tip = element('div', 'tip');
    const leave = () => { tip.hidden = true; view.signal('at', -1).runAsync(); };
    tip.hidden = true;
    plot.append(tip);
    plot.addEventListener('pointermove', event => {
        const box = plot.getBoundingClientRect(), x = event.clientX - box.left;
        const at = nearest(data.x, view.scale('x').invert(x - view.origin()[0]));
        if (at < 0) return;
        if (view.signal('at') !== at || tip.hidden) {
            fillTip(tip, data, names, shown, at);
            view.signal('at', at).runAsync();
        }
        tip.hidden = false;
        const right = x > box.width / 2;
        tip.style.left = right ? 'auto' : Math.round(x + 16) + 'px';
        tip.style.right = right ? Math.round(box.width - x + 16) + 'px' : 'auto';
    });
    plot.addEventListener('pointerleave', leave);
    plot.addEventListener('pointercancel', leave);
}

function connectLegend(buttons, shown, changed, focused) {
    const show = () => {
        buttons.forEach((button, k) => button.setAttribute('aria-pressed', shown[k]));
        changed();
    };
    buttons.forEach((button, k) => {
        button.title = 'Click: hide or show. Double click: only this one, or all.';
        button.addEventListener('click', event => {
            if (event.detail < 2) shown[k] = !shown[k];
            show();
        });
        button.addEventListener('dblclick', () => {
            const alone = shown.every((visible, other) => other === k || !visible);
            shown.forEach((visible, other) => { shown[other] = alone || other === k; });
            show();
        });
        button.addEventListener('pointerenter', () => focused(shown[k] ? k : -1));
        button.addEventListener('pointerleave', () => focused(-1));
    });
}

function drawChart(chart) {
    const data = JSON.parse(chart.querySelector('script').textContent);
    const plot = chart.querySelector('.plot'), still = plot.firstElementChild;
    const buttons = Array.from(chart.querySelectorAll('.legend button'));
    const names = buttons.map(button => button.textContent), shown = names.map(() => true);
    if (typeof vega === 'undefined') {
        const lines = still.querySelectorAll('.line');
        const show = () => lines.forEach((line, k) => { line.style.display = shown[k] ? '' : 'none'; });
        connectLegend(buttons, shown, show, () => {});
        return;
    }
    const width = () => Math.max(160, plot.clientWidth);
    const height = chart.parentElement.classList.contains('charts') ? 230 : 320;
    const host = element('div');
    const view = new vega.View(vega.parse(specification(data, width(), height), null, { ast: true }),
        { renderer: 'svg', container: host, expr: vega.expressionInterpreter, hover: false });
    view.runAsync().then(() => {
        still.remove();
        host.querySelector('svg').setAttribute('aria-label', data.title);
    });
    plot.prepend(host);
    connectLegend(buttons, shown, () => view.signal('shown', shown.slice()).runAsync(),
        k => view.signal('focus', k).runAsync());
    follow(plot, view, data, names, shown);
    new ResizeObserver(() => requestAnimationFrame(() => view.width(width()).runAsync())).observe(plot);
}

/* ---- maps ---- */

function pixelsOf(image) {
    const canvas = element('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
}

const colourOf = (pixels, index) => pixels[4 * index] << 16 | pixels[4 * index + 1] << 8 | pixels[4 * index + 2];

/* Values are read back from the colours: the bar holds all of them in order. */
function reader(figure, image) {
    const bar = pixelsOf(figure.querySelector('.bar img')), steps = bar.length / 4 - 1, order = new Map();
    for (let i = 0; i <= steps; i++) order.set(colourOf(bar, i), i);
    const pixels = pixelsOf(image), low = Number(image.dataset.low), high = Number(image.dataset.high);
    return index => {
        if (pixels[4 * index + 3] === 0) return 'no value';
        const step = order.get(colourOf(pixels, index));
        const sign = step === steps ? '\u2265 ' : '';
        return step === undefined ? '' : sign + digits(low + (high - low) * step / steps, 3);
    };
}

function connectMaps() {
    const maps = Array.from(document.querySelectorAll('.map')).map(figure => ({
        figure: figure, frame: figure.querySelector('.frame'), image: figure.querySelector('.frame img'),
        output: figure.querySelector('output'), cross: element('i', 'cross'), read: null
    }));
    const show = (row, column, height, width) => maps.forEach(map => {
        map.cross.style.left = 100 * (column + .5) / width + '%';
        map.cross.style.top = 100 * (row + .5) / height + '%';
        map.frame.append(map.cross);
        if (!map.output) return;
        map.read = map.read || reader(map.figure, map.image);
        const step = Number(map.image.dataset.step);
        map.output.textContent = map.read(row * width + column) +
            ' at row ' + row * step + ', column ' + column * step;
    });
    const leave = () => maps.forEach(map => {
        map.cross.remove();
        if (map.output) map.output.textContent = '';
    });
    maps.forEach(map => {
        map.frame.addEventListener('pointermove', event => {
            const box = map.image.getBoundingClientRect();
            const width = map.image.naturalWidth, height = map.image.naturalHeight;
            const column = Math.floor((event.clientX - box.left) / box.width * width);
            const row = Math.floor((event.clientY - box.top) / box.height * height);
            if (row >= 0 && row < height && column >= 0 && column < width) show(row, column, height, width);
        });
        map.frame.addEventListener('pointerleave', leave);
    });
}

/* ---- command ---- */

function connectCopy(block) {
    const button = block.querySelector('button'), code = block.querySelector('code');
    const told = text => {
        button.textContent = text;
        setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    };
    const select = () => {
        getSelection().selectAllChildren(code);
        told(document.execCommand('copy') ? 'Copied' : 'Selected');
    };
    button.hidden = false;
    button.addEventListener('click', () => {
        if (!navigator.clipboard) select();
        else navigator.clipboard.writeText(code.textContent).then(() => told('Copied'), select);
    });
}

document.querySelectorAll('.chart').forEach(drawChart);
connectMaps();
document.querySelectorAll('.command').forEach(connectCopy);
})();
