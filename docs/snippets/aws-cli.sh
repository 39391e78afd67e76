tag="ResourceId=$GROUP,ResourceType=auto-scaling-group,PropagateAtLaunch=false"
aws autoscaling create-or-update-tags --tags \
  "$tag,Key=ecs-tide:cluster,Value=$CLUSTER" \
  "$tag,Key=ecs-tide:mode,Value=observe"
