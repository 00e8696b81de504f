# Reference numbers for confirmatory factor analysis and measurement invariance.
# Run: Rscript cfa_lavaan.R > cfa_lavaan.json
suppressMessages({library(lavaan); library(jsonlite)})
options(warn = -1)
data(bfi, package = "psych", envir = environment())
if (!exists("bfi")) data(bfi, package = "psychTools")
hs <- HolzingerSwineford1939
x <- paste0("x", 1:9)
hole <- hs  # missing answers by a rule that can be written down
for (j in seq_along(x)) hole[[x[j]]][(hs$id + 3 * j) %% 11 == 0] <- NA
three <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
b10 <- names(bfi)[c(1:5, 16:20)]
bc <- bfi[complete.cases(bfi[, names(bfi)[1:25]]), ]
two <- "agree =~ A1 + A2 + A3 + A4 + A5\nneuro =~ N1 + N2 + N3 + N4 + N5"
rows <- function(d) { d <- as.data.frame(d); d[] <- lapply(d, function(v) if (is.factor(v)) as.character(v) else v); d }
take <- function(fit, extra = TRUE) {
  p <- rows(parameterEstimates(fit, remove.nonfree = FALSE))
  s <- rows(standardizedSolution(fit))
  out <- list(nobs = lavInspect(fit, "ntotal"), fit = as.list(fitMeasures(fit)),
    estimates = p[intersect(c("lhs", "op", "rhs", "group", "label", "est", "se", "z", "pvalue", "ci.lower", "ci.upper"), names(p))],
    standardized = s[intersect(c("lhs", "op", "rhs", "group", "est.std", "se"), names(s))])
  out
}
mi <- function(fit, n = 20) { m <- rows(modindices(fit)); m <- m[order(-m$mi), ]; head(m[intersect(c("lhs", "op", "rhs", "group", "mi", "mi.scaled", "epc", "sepc.lv", "sepc.all"), names(m))], n) }
lrt <- function(fits) {
  a <- fits[[1]]; b <- fits[[2]]
  t <- if (length(fits) == 2) lavTestLRT(a, b) else if (length(fits) == 3) lavTestLRT(a, b, fits[[3]]) else lavTestLRT(a, b, fits[[3]], fits[[4]])
  t <- as.data.frame(t); rownames(t) <- NULL; t
}
score <- function(fit) { s <- lavTestScore(fit); list(total = as.list(as.data.frame(s$test)), uni = rows(s$uni)) }
out <- list(meta = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan"))))
hs3 <- cfa(three, hs)
out$hs_ml <- c(list(call = "cfa(three, HolzingerSwineford1939)"), take(hs3), list(mi = mi(hs3),
  resid = unclass(lavResiduals(hs3, type = "cor.bentler")$cov), resid_z = unclass(lavResiduals(hs3, type = "cor.bentler")$cov.z)))
out$hs_stdlv <- c(list(call = "std.lv = TRUE"), take(cfa(three, hs, std.lv = TRUE)))
out$hs_mlr <- c(list(call = "estimator = 'MLR'"), take(cfa(three, hs, estimator = "MLR")))
out$hs_mlm <- c(list(call = "estimator = 'MLM'"), take(cfa(three, hs, estimator = "MLM")))
out$hs_fiml <- c(list(call = "hole, missing = 'fiml'"), take(cfa(three, hole, missing = "fiml")))
out$hs_fiml_mlr <- c(list(call = "hole, missing = 'fiml', estimator = 'MLR'"), take(cfa(three, hole, missing = "fiml", estimator = "MLR")))
out$hs_weights <- c(list(call = "estimator = 'MLR', sampling.weights = 'ageyr'"), take(cfa(three, hs, estimator = "MLR", sampling.weights = "ageyr")))
hs$cl <- hs$id %% 40; hole$cl <- hs$cl
out$hs_cluster <- c(list(call = "cluster = 'cl' (id %% 40)"), take(cfa(three, hs, estimator = "MLR", cluster = "cl")))
out$hs_cluster_fiml_weights <- c(list(call = "hole, cluster = 'cl', missing = 'fiml', sampling.weights = 'ageyr'"), take(cfa(three, hole, estimator = "MLR", cluster = "cl", missing = "fiml", sampling.weights = "ageyr")))
second <- paste(three, "g =~ visual + textual + speed", sep = "\n")
out$hs_second <- c(list(call = "g =~ visual + textual + speed"), take(cfa(second, hs)))
con <- "visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + b*x5 + c*x6\nspeed =~ 0.8*x7 + NA*x8 + x9\nspeed ~~ 1*speed\nb == c\nx7 ~~ x8\nx1 ~~ x9\nvisual ~~ 0*speed\nab := a * b\nratio := sqrt(a / b) - 1"
out$hs_constrained <- c(list(call = con), take(cfa(con, hs, estimator = "MLR")), list(score = score(cfa(con, hs))))
bi <- paste(paste("g =~", paste(x, collapse = "+")), three, sep = "\n")
out$hs_bifactor <- c(list(call = "g =~ x1 + ... + x9, orthogonal = TRUE, std.lv = TRUE"), take(cfa(bi, hs, orthogonal = TRUE, std.lv = TRUE)))
path <- paste(three, "speed ~ visual + textual", sep = "\n")
out$hs_path <- c(list(call = "speed ~ visual + textual"), take(cfa(path, hs, meanstructure = TRUE)))
steps <- list(configural = "", metric = "loadings", scalar = c("loadings", "intercepts"), strict = c("loadings", "intercepts", "residuals"))
tidy <- function(data, model, steps, ...) {
  fits <- list(); for (n in names(steps)) fits[[n]] <- if (identical(steps[[n]], "")) cfa(model, data, ...) else cfa(model, data, group.equal = steps[[n]], ...)
  list(fit = lapply(fits, take), lrt = lrt(unname(fits)))
}
out$hs_school_ml <- c(list(call = "group = 'school', group.equal by steps"), tidy(hs, three, steps, group = "school"))
out$hs_school_mlr <- c(list(call = "the same, estimator = 'MLR'"), tidy(hs, three, steps, group = "school", estimator = "MLR"))
out$hs_school_fiml <- c(list(call = "the same on hole, missing = 'fiml', estimator = 'MLR'"), tidy(hole, three, steps, group = "school", estimator = "MLR", missing = "fiml"))
part <- cfa(three, hs, group = "school", group.equal = c("loadings", "intercepts"), group.partial = c("x3~1", "x7~1"))
out$hs_partial <- c(list(call = "group.equal = c('loadings', 'intercepts'), group.partial = c('x3~1', 'x7~1')"), take(part))
out$hs_scalar_score <- c(list(call = "lavTestScore of the scalar model; constraints in the order of the parameter table"), score(cfa(three, hs, group = "school", group.equal = c("loadings", "intercepts"))))
out$hs_scalar_stdlv <- c(list(call = "scalar, std.lv = TRUE"), take(cfa(three, hs, group = "school", group.equal = c("loadings", "intercepts"), std.lv = TRUE)))
# ordinal
ord <- function(model, data, ...) cfa(model, data, ordered = b10, ...)
w2 <- ord(two, bc, estimator = "WLSMV")
out$bfi_wlsmv <- c(list(call = "cfa(two, bc, ordered = b10, estimator = 'WLSMV')"), take(w2), list(mi = mi(w2)))
out$bfi_theta <- c(list(call = "parameterization = 'theta'"), take(ord(two, bc, estimator = "WLSMV", parameterization = "theta")))
out$bfi_ulsmv <- c(list(call = "estimator = 'ULSMV'"), take(ord(two, bc, estimator = "ULSMV")))
out$bfi_dwls <- c(list(call = "estimator = 'DWLS'"), take(ord(two, bc, estimator = "DWLS")))
out$bfi_wlsm <- c(list(call = "estimator = 'WLSM'"), take(ord(two, bc, estimator = "WLSM")))
out$bfi_weights <- c(list(call = "sampling.weights = 'age'"), take(ord(two, bc, estimator = "WLSMV", sampling.weights = "age")))
out$bfi_pairwise <- c(list(call = "bfi, missing = 'pairwise'"), take(ord(two, bfi, estimator = "WLSMV", missing = "pairwise")))
osteps <- list(configural = "", metric = "loadings", scalar = c("loadings", "thresholds"))
tsteps <- c(osteps, list(strict = c("loadings", "thresholds", "residuals")))
out$bfi_gender <- c(list(call = "group = 'gender'"), tidy(bc, two, osteps, ordered = b10, estimator = "WLSMV", group = "gender"))
out$bfi_gender_theta <- c(list(call = "group = 'gender', parameterization = 'theta'"), tidy(bc, two, tsteps, ordered = b10, estimator = "WLSMV", group = "gender", parameterization = "theta"))
out$bfi_gender_pairwise <- c(list(call = "bfi, group = 'gender', missing = 'pairwise'"), tidy(bfi, two, osteps, ordered = b10, estimator = "WLSMV", group = "gender", missing = "pairwise"))
out$bfi_partial <- c(list(call = "group.equal = c('loadings', 'thresholds'), group.partial = c('A2|t1', 'N3|t2', 'agree=~A4')"), take(ord(two, bc, estimator = "WLSMV", group = "gender", group.equal = c("loadings", "thresholds"), group.partial = c("A2|t1", "N3|t2", "agree=~A4"))))
one <- paste("f =~", paste(b10, collapse = " + "))
meth <- paste(two, "m =~ a*A2 + a*A3 + a*A4 + a*A5\nm ~~ 0*agree + 0*neuro", sep = "\n")
f1 <- ord(one, bc, estimator = "WLSMV"); fm <- ord(two, bc, estimator = "WLSMV")
out$bfi_compare <- list(call = "one factor, two factors, bifactor, WLSMV; lavTestLRT(one, two)", one = take(f1), lrt = lrt(list(f1, fm)),
  method = take(ord("agree =~ A1 + A2 + A3 + A4 + A5\nneuro =~ N1 + N2 + N3 + N4 + N5\nm =~ NA*A2 + a*A2 + a*A3 + a*N1 + a*N2\nm ~~ 1*m + 0*agree + 0*neuro", bc, estimator = "WLSMV")))
mlr <- list(cfa(one, bc, estimator = "MLR"), cfa(two, bc, estimator = "MLR"))
out$bfi_compare_mlr <- list(call = "lavTestLRT(one, two) with MLR", lrt = lrt(mlr))
# more models
it <- names(bfi)[1:20]
four <- paste(paste0("f", 1:4, " =~ ", sapply(1:4, function(i) paste(it[(5 * i - 4):(5 * i)], collapse = " + "))), collapse = "\n")
labels <- "visual =~ x1 + c(a,a)*x2 + c(b1,b2)*x3\ntextual =~ x4 + x5 + c(0.9,NA)*x6\nspeed =~ x7 + x8 + x9\nvisual ~~ c(0,NA)*speed"
out$more_labels <- c(list(call = labels), take(cfa(labels, hs, group = "school")))
out$more_group_weights <- c(list(call = "MLR, group.equal = 'loadings', sampling.weights = 'ageyr'"), take(cfa(three, hs, group = "school", group.equal = "loadings", estimator = "MLR", sampling.weights = "ageyr")))
out$more_means <- c(list(call = "MLM, loadings, intercepts and means equal"), take(cfa(three, hs, group = "school", group.equal = c("loadings", "intercepts", "means"), estimator = "MLM")))
out$more_second <- c(list(call = "four factors of bfi's first 20 items, g =~ f1 + f2 + f3 + f4, WLSMV"), take(cfa(paste(four, "g =~ f1 + f2 + f3 + f4", sep = "\n"), bc, ordered = it, estimator = "WLSMV")))
out$more_bifactor <- c(list(call = "the same items, bifactor, orthogonal = TRUE, std.lv = TRUE, WLSMV"), take(cfa(paste(paste("g =~", paste(it, collapse = " + ")), four, sep = "\n"), bc, ordered = it, estimator = "WLSMV", orthogonal = TRUE, std.lv = TRUE)))
out$more_residuals <- c(list(call = "A1 ~~ A2, N1 ~~ N2, WLSMV"), take(ord(paste(two, "A1 ~~ A2\nN1 ~~ N2", sep = "\n"), bc, estimator = "WLSMV")))
bin <- bc; for (v in b10) bin[[v]] <- as.integer(bc[[v]] > 3)
out$more_binary <- c(list(call = "answers above 3, group = 'gender', loadings and thresholds equal, WLSMV"), take(ord(two, bin, estimator = "WLSMV", group = "gender", group.equal = c("loadings", "thresholds"))))
rare <- bc[1:200, ]; for (v in paste0("E", 1:5)) rare[[v]] <- as.integer(rare[[v]] > 1)
out$more_empty <- c(list(call = "first 200 rows, E1 to E5 above 1: 2 x 2 tables with an empty cell, WLSMV"), take(cfa("f =~ E1 + E2 + E3 + E4 + E5", rare, ordered = paste0("E", 1:5), estimator = "WLSMV")))
cat(toJSON(out, digits = NA, auto_unbox = TRUE, matrix = "rowmajor", null = "null", na = "null", dataframe = "columns"))
