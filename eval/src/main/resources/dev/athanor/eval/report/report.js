// The page reads the same without this: it only shows the nearest point's value under the pointer.
for (const svg of document.querySelectorAll('svg[data-points]')) {
  const series = JSON.parse(svg.dataset.points);
  const ring = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
  ring.setAttribute('class', 'hover');
  ring.setAttribute('r', '5');
  let tip = null;
  const leave = () => { ring.remove(); if (tip) { tip.remove(); tip = null; } };
  svg.addEventListener('pointerleave', leave);
  svg.addEventListener('pointermove', event => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    let best = null, name = '', least = Infinity;
    for (const [label, points] of series) {
      for (const p of points) {
        const far = Math.abs(p[0] - at.x) * 4 + Math.abs(p[1] - at.y);
        if (far < least) { least = far; best = p; name = label; }
      }
    }
    if (!best) return;
    ring.setAttribute('cx', best[0]);
    ring.setAttribute('cy', best[1]);
    svg.append(ring);
    if (!tip) { tip = document.createElement('div'); tip.id = 'tip'; document.body.append(tip); }
    tip.textContent = name + ' · ' + best[2];
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(8, left) + 'px';
    tip.style.top = Math.max(8, event.clientY - 34) + 'px';
  });
}
