//! Writes a report of each kind of answer into a folder, for a look by eye and by Chromium.

mod sample;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use metric_advisor::color::Paint;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("say into which folder")?);
    fs::create_dir_all(&folder)?;
    let test = sample::load_test();
    let answers = [
        ("recommended", sample::recommended(), sample::policies()),
        ("none-suitable", sample::none_suitable(), Vec::new()),
        ("not-enough", sample::not_enough(), Vec::new()),
    ];
    for (name, advice, policies) in answers {
        let page = metric_advisor::report::html(&advice, &test, &policies, &sample::made());
        fs::write(folder.join(name).with_extension("html"), page)?;
        println!("{}", metric_advisor::terminal::show(&advice, 80, Paint::PLAIN));
    }
    Ok(())
}
