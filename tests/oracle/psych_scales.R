# Reference values of R's psych on two more data sets:
#   sai    state anxiety, first occasion, 20 items (psychTools::sai)
#   fifty  471 generated respondents, 50 items of five factors, 3 % missing, every fifth reversed
# Rscript psych_scales.R, in this folder, writes data/sai.csv, data/fifty.csv, psych_scales.json.
suppressMessages({library(psych); library(psychTools); library(jsonlite)})

sai_items <- sai[sai$time == 1, 4:23]
set.seed(7)
n <- 471
f <- matrix(rnorm(n * 5), n) %*% chol(0.3 + 0.7 * diag(5))
y <- 0.65 * f[, rep(1:5, each = 10)] + sqrt(1 - 0.65^2) * matrix(rnorm(n * 50), n)
y[, seq(3, 50, 5)] <- -y[, seq(3, 50, 5)]
x <- matrix(as.integer(cut(y, c(-Inf, -1.4, -0.5, 0.3, 1.1, Inf))), n)
x[matrix(runif(n * 50) < 0.03, n)] <- NA
fifty <- as.data.frame(x)
names(fifty) <- paste0("i", 1:50)

plain <- function(m) {
  m <- unclass(as.matrix(m))
  dimnames(m) <- NULL
  m
}
lower <- function(m) m[lower.tri(m)]
quiet <- function(e) suppressWarnings(suppressMessages(e))

reference <- function(d, name, key, nf, ends) {
  d <- as.data.frame(lapply(d[rowSums(!is.na(d)) > 0, ], as.numeric))
  write.csv(d, paste0("data/", name, ".csv"), row.names = FALSE, na = "")
  whole <- d[complete.cases(d), ]
  items <- names(d)
  keyed <- paste0(ifelse(key < 0, "-", ""), items)
  pearson <- cor(d, use = "pairwise")
  efa <- if (nrow(whole) > 5 * ncol(d)) cor(whole) else cor.smooth(pearson)
  size <- if (nrow(whole) > 5 * ncol(d)) nrow(whole) else nrow(d)
  a <- quiet(alpha(d, keys = items[key < 0]))
  scored <- quiet(scoreItems(list(s = keyed), d, impute = "none", min = ends[1], max = ends[2]))
  median <- quiet(scoreItems(list(s = keyed), d, impute = "median", min = ends[1], max = ends[2]))
  pair <- quiet(polychoric(d, correct = 0, global = FALSE))
  global <- quiet(polychoric(d, correct = 0, global = TRUE))
  half <- quiet(polychoric(d, correct = 0.5, global = FALSE))
  kmo <- KMO(efa)
  bartlett <- cortest.bartlett(efa, size)
  vss <- quiet(vss(efa, n = 8, n.obs = size, plot = FALSE))
  g <- quiet(guttman(efa * outer(key, key)))
  om <- quiet(omega(efa, nfactors = max(3, nf), plot = FALSE, n.obs = size))
  fits <- list()
  for (m in c("minres", "ml", "pa")) for (r in c("varimax", "oblimin", "promax")) {
    f <- quiet(fa(efa, nf, n.obs = size, fm = m, rotate = r))
    fits[[paste(m, r, sep = "_")]] <- list(
      loadings = plain(f$loadings), phi = if (is.null(f$Phi)) NULL else plain(f$Phi),
      communality = as.numeric(f$communality), chisq = f$STATISTIC, df = f$dof,
      rmsea = as.numeric(f$RMSEA)[1:3], tli = f$TLI, bic = f$BIC, rms = f$rms,
      r2 = as.numeric(f$R2))
  }
  list(
    items = items, keys = keyed, ends = ends, n = nrow(d), n_complete = nrow(whole),
    n_factors = nf, listwise = size == nrow(whole), size = size,
    alpha = list(total = as.numeric(a$total), names = names(a$total),
      drop = plain(a$alpha.drop)[, 1:4], statistics = plain(a$item.stats),
      feldt = as.numeric(unlist(unclass(a$feldt)[c(1, 3)]))),
    scores = list(head = scored$scores[1:50, 1], mean = mean(scored$scores, na.rm = TRUE),
      median = mean(median$scores)),
    guttman = as.numeric(unlist(g[paste0("lambda.", 1:6)])),
    pearson = lower(pearson), spearman = lower(cor(d, method = "spearman", use = "pairwise")),
    polychoric = lower(pair$rho), polychoric_global = lower(global$rho),
    polychoric_half = lower(half$rho),
    kmo = c(kmo$MSA, as.numeric(kmo$MSAi)), bartlett = as.numeric(bartlett$chisq),
    map = vss$map, vss = vss$vss.stats[, c("cfit.1", "cfit.2", "chisq", "dof")],
    efa = fits,
    omega = c(om$omega_h, om$omega.lim, om$omega.tot), omega_groups = plain(om$omega.group),
    longstring = apply(d, 1, function(v) max(rle(v[!is.na(v)])$lengths))[1:50],
    irv = apply(d, 1, sd, na.rm = TRUE)[1:50],
    mahalanobis = as.numeric(mahalanobis(whole, colMeans(whole), cov(whole)))[1:50])
}

sai_key <- c(-1, -1, 1, 1, -1, 1, 1, -1, 1, -1, -1, 1, 1, 1, -1, -1, 1, 1, -1, -1)
fifty_key <- ifelse(seq_len(50) %in% seq(3, 50, 5), -1, 1)
out <- list(
  meta = list(R = R.version.string, psych = as.character(packageVersion("psych")),
    psychTools = as.character(packageVersion("psychTools")),
    GPArotation = as.character(packageVersion("GPArotation"))),
  sai = reference(sai_items, "sai", sai_key, 3, c(1, 4)),
  fifty = reference(fifty, "fifty", fifty_key, 5, c(1, 5)))
write_json(out, "psych_scales.json", digits = 15, auto_unbox = TRUE, null = "null", na = "null")
