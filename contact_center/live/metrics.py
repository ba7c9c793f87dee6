"""The hub's figures for /metrics."""

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge("console_live_sockets", "Browsers connected to this process's hub.", multiprocess_mode="livesum")
VIEWS = Gauge("console_live_views", "Distinct views this process's hub keeps current.", multiprocess_mode="livesum")
FRAMES = Counter("console_live_frames", "Frames handed to browsers, heartbeats included.")
READS = Counter("console_live_reads", "Times a view was read from the database.")
ROWS_RENDERED = Counter("console_live_rows_rendered", "Rows rendered, those taken from the cache not included.")
FAILURES = Counter("console_live_failures", "Reads that failed and were tried again.")
CHANGE_AGE = Histogram(
    "console_live_change_age_seconds",
    "From the arrival of the oldest change of a frame to the frame being handed to the browsers.",
    buckets=(0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1, 2, 5),
)
