//! The service follows its load.

use crate::scene::{Scene, stage};

#[tokio::test(start_paused = true)]
async fn a_service_whose_tasks_are_busy_gets_more_until_they_are_not() {
    let scene = Scene::of(&stage()).await;
    scene.load(6.0);
    scene.minutes(12).await;
    let tasks = scene.tasks();
    assert!(tasks >= 9, "{tasks} tasks for a load of 6");
    for record in scene.records() {
        println!("{record}");
    }
}
