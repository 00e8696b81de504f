"""The study pack: codebook, scales, design, exhibits, published figures and their conventions."""
