// When the job is over, the page that shows its report.
'use strict';
document.addEventListener('htmx:sseClose', () => location.reload());
document.addEventListener('htmx:sseMessage', (event) => { if (event.detail && event.detail.type === 'over') location.reload(); });
