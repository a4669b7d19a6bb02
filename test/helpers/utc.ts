// Loaded before every test (.mocharc.json): dates are shown in the machine's time zone, and tests name them.
process.env.TZ = 'UTC';
