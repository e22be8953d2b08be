//! Turning and mirroring pixels by quarter turns; where points go is said by [`Turn::map`].

use crate::document::{Gray, Turn};

/// Side of the tiles in which pixels are transposed, so that both sides stay in the first-level cache.
const TILE: usize = 32;

/// The image turned as `turn` says; no copy is made for [`Turn::None`].
pub(super) fn turned(image: Gray, turn: Turn) -> Gray {
    match turn {
        Turn::None => image,
        Turn::MirrorX => mirrored_x(image),
        Turn::Half => half(image),
        Turn::MirrorY => mirrored_x(half(image)),
        Turn::Transpose => transposed(&image),
        Turn::Right => mirrored_x(transposed(&image)),
        Turn::Transverse => half(transposed(&image)),
        Turn::Left => half(mirrored_x(transposed(&image))),
    }
}

fn mirrored_x(mut image: Gray) -> Gray {
    let width = (image.width as usize).max(1);
    image
        .pixels
        .chunks_exact_mut(width)
        .for_each(<[u8]>::reverse);
    image
}

fn half(mut image: Gray) -> Gray {
    image.pixels.reverse();
    image
}

fn transposed(image: &Gray) -> Gray {
    let (w, h) = (image.width as usize, image.height as usize);
    let mut pixels = vec![0u8; w * h];
    for ty in (0..h).step_by(TILE) {
        let bottom = (ty + TILE).min(h);
        for tx in (0..w).step_by(TILE) {
            for x in tx..(tx + TILE).min(w) {
                let out = &mut pixels[x * h + ty..x * h + bottom];
                for (target, y) in out.iter_mut().zip(ty..bottom) {
                    *target = image.pixels[y * w + x];
                }
            }
        }
    }
    Gray {
        width: image.height,
        height: image.width,
        pixels,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Point;

    /// 3 x 2 with all pixels different.
    fn sample() -> Gray {
        Gray {
            width: 3,
            height: 2,
            pixels: vec![1, 2, 3, 4, 5, 6],
        }
    }

    #[test]
    fn exif_turns_are_the_standard_ones() {
        let pixels = |turn| turned(sample(), turn).pixels;
        assert_eq!(pixels(Turn::MirrorX), [3, 2, 1, 6, 5, 4]);
        assert_eq!(pixels(Turn::Half), [6, 5, 4, 3, 2, 1]);
        assert_eq!(pixels(Turn::MirrorY), [4, 5, 6, 1, 2, 3]);
        assert_eq!(pixels(Turn::Transpose), [1, 4, 2, 5, 3, 6]);
        assert_eq!(pixels(Turn::Right), [4, 1, 5, 2, 6, 3]);
        assert_eq!(pixels(Turn::Transverse), [6, 3, 5, 2, 4, 1]);
        assert_eq!(pixels(Turn::Left), [3, 6, 2, 5, 1, 4]);
    }

    #[test]
    fn points_go_where_pixels_go() {
        for turn in Turn::ALL {
            let image = turned(sample(), turn);
            let map = turn.map(3.0, 2.0);
            for (i, &value) in sample().pixels.iter().enumerate() {
                let centre = Point {
                    x: (i % 3) as f32 + 0.5,
                    y: (i / 3) as f32 + 0.5,
                };
                let to = map.apply(centre);
                let index = to.y as usize * image.width as usize + to.x as usize;
                assert_eq!(image.pixels[index], value, "{turn:?}");
            }
        }
    }

    #[test]
    fn two_turns_are_one() {
        for first in Turn::ALL {
            for next in Turn::ALL {
                let one = turned(sample(), first.then(next));
                assert_eq!(
                    one,
                    turned(turned(sample(), first), next),
                    "{first:?} {next:?}"
                );
            }
        }
    }

    #[test]
    fn large_images_are_transposed_across_tiles() {
        let pixels: Vec<u8> = (0..70 * 45).map(|i| (i % 251) as u8).collect();
        let image = Gray {
            width: 70,
            height: 45,
            pixels,
        };
        let back = turned(turned(image.clone(), Turn::Right), Turn::Left);
        assert_eq!(back, image);
    }
}
