//! The command line.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, value_parser};
use region::Time;
use tokio::runtime::Builder;

use crate::drain::{self, Trouble};
use crate::serve;

/// Rehearses ecs-tide against a simulated AWS region.
#[derive(Debug, Parser)]
#[command(name = "rehearse")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scale a cluster in, show the drain as it happens and what it took
    Drain {
        /// Run the handlers in this process in virtual time, not the compiled functions
        #[arg(long = "virtual")]
        virtually: bool,
        /// How many instances leave, 1 to 500
        #[arg(long, default_value_t = 2, value_parser = value_parser!(u64).range(1..=500))]
        instances: u64,
        /// The seed of all chance
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Serve the region over HTTP, with a demo cluster in it
    Serve {
        /// Where
        #[arg(long, default_value = "127.0.0.1:4599")]
        address: SocketAddr,
        /// The seed of all chance
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The process itself.
    #[error("cannot begin: {0}")]
    Begin(#[from] io::Error),
    /// The rehearsal.
    #[error("{0}")]
    Trouble(#[from] Trouble),
}

impl Cli {
    /// Do what the command line says.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn run(self) -> Result<(), Failure> {
        let mut runtime = Builder::new_current_thread();
        runtime.enable_all();
        match self.command {
            Command::Drain { virtually: true, instances, seed } => {
                let instances = usize::try_from(instances).unwrap_or(usize::MAX);
                let runtime = runtime.start_paused(true).build()?;
                runtime.block_on(drain::virtually(instances, seed))?;
            }
            Command::Drain { virtually: false, instances, seed } => {
                let instances = usize::try_from(instances).unwrap_or(usize::MAX);
                let now = Time::now_utc();
                let directory = own_directory()?;
                runtime.build()?.block_on(drain::really(directory, instances, seed, now))?;
            }
            Command::Serve { address, seed } => {
                runtime.build()?.block_on(serve::serve(address, seed, Time::now_utc()))?;
            }
        }
        Ok(())
    }
}

/// Where this binary is, and with it those of the functions.
fn own_directory() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().map(Path::to_path_buf).unwrap_or_default())
}
