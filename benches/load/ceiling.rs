//! What the machine can do at this moment: RSA-2048 alone, without a node around. Every figure of the node is compared
//! with these, taken just before and after it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::cpu;
use crate::report::Rate;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};

/// How long each ceiling is measured.
const TIME: Duration = Duration::from_millis(700);
const MESSAGE: &[u8] = &[b'x'; 300];

/// One RSA-2048 key to measure with.
pub(crate) struct Ceilings {
    key: RsaKeyPair,
    public: ParsedPublicKey,
    signature: Vec<u8>,
}

impl Ceilings {
    /// Makes the key.
    pub(crate) fn new() -> Self {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key can be made");
        let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
        let signature = sign(&key);
        Self {
            key,
            public: public.expect("the key is sound"),
            signature,
        }
    }

    /// Signatures a second on all cores.
    pub(crate) fn signs(&self) -> Rate {
        measured(cpu::cores(), || drop(sign(&self.key)))
    }

    /// Verifications a second on one core, the key parsed once.
    pub(crate) fn verifications(&self) -> Rate {
        measured(1.0, || {
            self.public
                .verify_sig(MESSAGE, &self.signature)
                .expect("the signature is right");
        })
    }
}

fn sign(key: &RsaKeyPair) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        MESSAGE,
        &mut signature,
    )
    .expect("the key can sign");
    signature
}

/// Runs `work` on as many threads as cores until the time is over.
fn measured(cores: f64, work: impl Fn() + Sync) -> Rate {
    let (done, over) = (AtomicU32::new(0), AtomicBool::new(false));
    let (used, begun) = (Mutex::new(0.0), Instant::now());
    std::thread::scope(|scope| {
        let mut threads = 0.0;
        while threads < cores {
            threads += 1.0;
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    work();
                    done.fetch_add(1, Ordering::Relaxed);
                }
                *used.lock().expect("no thread panics") += cpu::of_thread();
            });
        }
        std::thread::sleep(TIME);
        over.store(true, Ordering::Relaxed);
    });
    let used = used.into_inner().expect("no thread panics");
    Rate::new(
        done.into_inner(),
        begun.elapsed().as_secs_f64(),
        used,
        cores,
    )
}
