RESOURCE="service/$CLUSTER/$SERVICE"
TARGET=(--service-namespace ecs --scalable-dimension ecs:service:DesiredCount)

# All files go into a new directory.
RUN="load-test-$(date -u +%Y%m%dT%H%M%SZ)"
mkdir "$RUN"
cd "$RUN"

# Scaling would change the measurements. It is suspended, and restored at the end. If ecs-tide's
# alarm-scaling scales the service, set ScalingSwitch=off during the test.
desired=$(aws ecs describe-services --cluster "$CLUSTER" --services "$SERVICE" \
  --query 'services[0].desiredCount' --output text)
suspended=$(aws application-autoscaling describe-scalable-targets "${TARGET[@]}" \
  --resource-ids "$RESOURCE" --query 'ScalableTargets[0].SuspendedState' --output json)

suspend() { # STATE
  if [ "$suspended" != null ]; then
    aws application-autoscaling register-scalable-target "${TARGET[@]}" \
      --resource-id "$RESOURCE" --suspended-state "$1" > /dev/null
  fi
}

scale() { # TASKS
  aws ecs update-service --cluster "$CLUSTER" --service "$SERVICE" \
    --desired-count "$1" > /dev/null
}

tasks() { # TASKS
  scale "$1"
  aws ecs wait services-stable --cluster "$CLUSTER" --services "$SERVICE"
}

back() {
  scale "$desired"
  suspend "$suspended"
}

trap back EXIT
suspend '{"DynamicScalingInSuspended":true,"DynamicScalingOutSuspended":true,"ScheduledScalingSuspended":true}'
began=$(date -u +%Y-%m-%dT%H:%M:00Z)
