"""What the browser measures, as its own scripts; and steps that a person takes in other programs, counted by hand."""

__all__ = ["FOLIUM_BY_HAND", "QGIS_BY_HAND", "SCRIPTS"]

SCRIPTS = {
    # from the start: when the map first rests, and every click and key
    "listen": """
        window.measured = {acts: 0};
        new MutationObserver(() => {
          if (!window.measured.idle && document.querySelector('.map[data-idle=yes]'))
            window.measured.idle = performance.now();
        }).observe(document, {subtree: true, childList: true, attributeFilter: ['data-idle']});
        for (const kind of ['click', 'keydown'])
          addEventListener(kind, (event) => event.isTrusted && window.measured.acts++, true);
    """,
    # tick the first value of a filter: until the map is at rest again
    "filter": """(legend) => new Promise((done) => {
        const map = document.querySelector('.map');
        const fields = [...document.querySelectorAll('.left fieldset')];
        const from = performance.now();
        let moved = false;
        new MutationObserver((_, watching) => {
          if (map.dataset.idle === 'no') moved = true;
          else if (moved) {
            watching.disconnect();
            done(performance.now() - from);
          }
        }).observe(map, {attributes: true});
        fields.find((one) => one.querySelector('legend').textContent === legend).querySelector('input').click();
    })""",
    # from the next key until another flag is on show, painted
    "await flag": """() => {
        const flagOf = () => new URLSearchParams(location.search).get('flag');
        const before = flagOf();
        const shown = () => document.querySelector('.panel[aria-busy=false]')?.textContent;
        const text = shown();
        window.measured.next = new Promise((done) => addEventListener('keydown', () => {
          const from = performance.now();
          const look = () => {
            if (flagOf() === before || !shown() || shown() === text) return;
            watching.disconnect();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
          };
          const watching = new MutationObserver(look);
          watching.observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
        }, {capture: true, once: true}));
    }""",
}

# one flag, once its popup is open: a sheet is open beside the browser, its next row is chosen
FOLIUM_BY_HAND = (
    ("select the source's id in the popup: double click", 2),
    ("copy: Ctrl+C", 1),
    ("to the sheet: Alt+Tab", 1),
    ("paste: Ctrl+V, then Tab", 2),
    ("the outcome from the cell's list: Alt+Down, one arrow, Enter", 3),
    ("to the next row: Home, Down", 2),
    ("back to the browser: Alt+Tab", 1),
)

# one flag: layer `flags` in edit mode, its attribute table in form view, shown by a filter on flag_state = 'open'
QGIS_BY_HAND = (
    ("next flag in the list: click", 1),
    ("see it on the map: click on 'zoom to feature'", 1),
    ("outcome: click in the field, choose from the value map: click, click", 2),
    ("flag_state: click in the field, choose: click, click", 2),
)
