"""Makes the picture files of these tests and, beside each as NAME.rgb, the bytes Pillow reads from it; and what Pillow's
bicubic resize gives. Made with Pillow 12.3. Run: python make_oracles.py FOLDER"""
import os, struct, sys, zlib
import numpy as np
from PIL import Image, ImageOps

out, W, H = sys.argv[1], 23, 17
rng = np.random.default_rng(5)

def pattern(w, h, c):
    y, x = np.mgrid[0:h, 0:w]
    waves = np.stack([127 + 120 * np.sin(x / (3 + k) + k) * np.cos(y / (4 + 2 * k)) for k in range(c)], -1)
    return (waves + rng.normal(0, 6, (h, w, c))).clip(0, 255).astype(np.uint8)

def save(image, name, **options): image.save(f"{out}/{name}", **options)
def oriented(value): exif = Image.Exif(); exif[0x112] = value; return exif

rgb, rgba = Image.fromarray(pattern(W, H, 3)), Image.fromarray(pattern(W, H, 4), "RGBA")
grey, grey_alpha = Image.fromarray(pattern(W, H, 1)[..., 0]), Image.fromarray(pattern(W, H, 2), "LA")
palette = rgb.quantize(16)

save(rgb, "rgb.png"); save(rgba, "rgba.png"); save(grey, "grey.png"); save(grey_alpha, "grey-alpha.png")
save(palette, "palette.png"); save(palette, "palette-transparent.png", transparency=bytes(range(0, 160, 10)))
save(grey.convert("1"), "bilevel.png")
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def png16(values, colour):
    rows = zlib.compress(b"".join(b"\0" + r.astype(">u2").tobytes() for r in values))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, 16, colour, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
open(f"{out}/rgb16.png", "wb").write(png16(pattern(W, H, 3).astype(np.uint16) * 251 + 77, 2))
grey16 = pattern(W, H, 1)[..., 0].astype(np.uint16) * 251 + 77
open(f"{out}/grey16.png", "wb").write(png16(grey16, 0))

save(rgb, "rgb.jpg", quality=95); save(rgb, "rgb444.jpg", quality=95, subsampling=0); save(grey, "grey.jpg", quality=95)
save(rgb, "progressive.jpg", quality=90, progressive=True); save(rgb, "restarts.jpg", quality=95, restart_marker_blocks=1)
save(rgb.convert("CMYK"), "cmyk.jpg", quality=95)
data = open(f"{out}/cmyk.jpg", "rb").read(); at = data.find(b"Adobe") + 11
open(f"{out}/ycck.jpg", "wb").write(data[:at] + b"\2" + data[at + 1:])
for o in range(1, 9): save(rgb, f"turned{o}.jpg", quality=95, subsampling=0, exif=oriented(o))
save(rgb, "turned6.png", exif=oriented(6)); save(rgb, "turned5.webp", exif=oriented(5), lossless=True); save(rgb, "turned8.tif", tiffinfo={274: 8})

save(rgb, "lzw.tif", compression="tiff_lzw"); save(rgb.convert("CMYK"), "cmyk.tif"); save(rgba, "rgba.tif"); save(grey, "grey.tif")
save(rgb, "jpeg.tif", compression="jpeg", quality=95)
tags = [(256, 3, 1, W), (257, 3, 1, H), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 0), (273, 4, 1, 122), (277, 3, 1, 1), (278, 3, 1, H), (279, 4, 1, W * H)]
open(f"{out}/white-is-zero.tif", "wb").write(b"II*\0" + struct.pack("<IH", 8, 9) + b"".join(struct.pack("<HHII", *t) for t in tags) + struct.pack("<I", 0) + np.asarray(grey).tobytes())
save(rgb, "rgb.bmp"); save(palette, "palette.gif"); save(palette, "animated.gif", save_all=True, append_images=[palette.transpose(0)]); save(rgba, "alpha.webp", lossless=True)

thin = Image.fromarray(pattern(3, 61, 3)); save(thin, "thin.png")
for name in sorted(os.listdir(out)):
    if name.endswith((".py", ".rgb")): continue
    read = ImageOps.exif_transpose(Image.open(f"{out}/{name}")).convert("RGB").tobytes()
    if name == "grey16.png": read = np.repeat((grey16 >> 8).astype(np.uint8), 3).tobytes()   # Pillow clips at 255; the upper byte is wanted
    open(f"{out}/{name}.rgb", "wb").write(read)

mean = (122, 116, 104)                                     # int(255 * CLIP's mean)
def square(image, size):
    side = max(image.size); canvas = Image.new("RGB", (side, side), mean)
    canvas.paste(image, ((side - image.width) // 2, (side - image.height) // 2)); return canvas.resize((size, size), Image.BICUBIC)
def cropped(image, shorter, size):
    w, h = (int(shorter * s / min(image.size)) for s in image.size); left, top = (w - size) // 2, (h - size) // 2
    return image.resize((w, h), Image.BICUBIC).crop((left, top, left + size, top + size))
for name, image in (("rgb", rgb), ("thin", thin)):
    for size in (1, 8, 23, 40): open(f"{out}/{name}-square-{size}.rgb", "wb").write(square(image, size).tobytes())
    for shorter, size in ((9, 9), (17, 14), (31, 20)): open(f"{out}/{name}-crop-{shorter}-{size}.rgb", "wb").write(cropped(image, shorter, size).tobytes())
