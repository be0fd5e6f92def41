package expressroute

// PrependStep is how many more times a circuit's own AS number stands in what
// it advertises than in what the next better circuit does. Source:
// designing-for-disaster-recovery-with-expressroute-privatepeering.md; the
// number is ercfg's.
const PrependStep = 3

// DrainPrepends is how many times Microsoft prepends 12076, in both
// directions, on a link that is about to be maintained. Source:
// planned-maintenance.md.
const DrainPrepends = 8
