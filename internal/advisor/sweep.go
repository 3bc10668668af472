package advisor

import "time"

// every is how long after a check an application that did not change is checked again. It is less than a day, so that dates
// that come near are seen on the day.
const every = 20 * time.Hour
