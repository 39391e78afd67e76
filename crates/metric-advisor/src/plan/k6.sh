cat > level.js <<'SCRIPT'
import http from 'k6/http';

export const options = {
  discardResponseBodies: true,
  scenarios: {
    level: {
      executor: 'constant-arrival-rate',
      rate: Math.max(1, Math.round(60 * Number(__ENV.RATE))),
      timeUnit: '1m',
      duration: __ENV.HOLD,
      preAllocatedVUs: Number(__ENV.USERS),
      maxVUs: 15 * Number(__ENV.USERS),
    },
  },
};

export default function () {
  http.get(__ENV.URL, { timeout: '30s' });
}
SCRIPT

level() { # TASKS RATE USERS
  local file
  file="$(date -u +%Y%m%dT%H%M%SZ)-$1tasks-$2rps.k6.json"
  echo "$file" >&2
  k6 run --quiet --summary-trend-stats 'avg,med,p(95),p(99)' --summary-export "$file" \
    --env URL="$URL" --env HOLD="$HOLD" --env RATE="$2" --env USERS="$3" level.js
}
